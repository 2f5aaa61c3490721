cmake_minimum_required(VERSION 3.22)
project(my_lock LANGUAGES CXX)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_package(lockstep 0.1 REQUIRED COMPONENTS plugin testing)
enable_testing()

# libmy_lock.so: lockstep run --plugin build/libmy_lock.so my-lock
lockstep_add_plugin(my_lock my_lock.cpp)

# The same code in a test program: ctest --test-dir build
lockstep_add_test(my_lock_test my_lock_test.cpp PLUGIN my_lock)
