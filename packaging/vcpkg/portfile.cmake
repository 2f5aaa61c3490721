# An overlay port: builds the sources of the tree that it stands in.
vcpkg_check_linkage(ONLY_STATIC_LIBRARY)
set(VCPKG_BUILD_TYPE release) # a command, and libraries for tests

# Redis runs its scripts in Lua 5.1, of which vcpkg has no port.
message("lockstep needs Lua 5.1 of the system: on Debian and Ubuntu, apt-get install liblua5.1-0-dev")

get_filename_component(SOURCE_PATH "${CURRENT_PORT_DIR}/../.." ABSOLUTE)
vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        -DLOCKSTEP_TESTS=OFF
        -DLOCKSTEP_WERROR=OFF
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/lockstep)
vcpkg_fixup_pkgconfig()
vcpkg_copy_tools(TOOL_NAMES lockstep AUTO_CLEAN)
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
