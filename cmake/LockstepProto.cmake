# lockstep::proto: the C++ that protoc makes of proto/*.proto. Generated code is not held to our
# warnings, and its headers count as a system's.
find_package(Protobuf REQUIRED)

set(generated ${CMAKE_BINARY_DIR}/generated)
set(proto ${CMAKE_SOURCE_DIR}/proto/history.proto)
add_custom_command(
  OUTPUT ${generated}/proto/history.pb.cc ${generated}/proto/history.pb.h
  COMMAND ${CMAKE_COMMAND} -E make_directory ${generated}
  COMMAND protobuf::protoc --cpp_out=${generated} --proto_path=${CMAKE_SOURCE_DIR} ${proto}
  DEPENDS ${proto})
add_library(lockstep_proto STATIC ${generated}/proto/history.pb.cc ${generated}/proto/history.pb.h)
target_include_directories(lockstep_proto SYSTEM PUBLIC $<BUILD_INTERFACE:${generated}>)
set_target_properties(lockstep_proto PROPERTIES EXPORT_NAME proto)
target_link_libraries(lockstep_proto PUBLIC protobuf::libprotobuf-lite)
add_library(lockstep::proto ALIAS lockstep_proto)
