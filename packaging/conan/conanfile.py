"""Builds the sources of the tree that it stands in: conan create packaging/conan --build=missing"""

import os

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy
from conan.tools.system.package_manager import Apt

required_conan_version = ">=2.0"


class LockstepConan(ConanFile):
    name = "lockstep"
    version = "0.1.0"
    description = "Tells whether a distributed lock really excludes"
    license = "MIT"
    topics = ("distributed-systems", "lock", "simulation", "testing")
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"
    default_options = {"boost/*:header_only": True}

    def export_sources(self):
        root = os.path.join(self.recipe_folder, os.pardir, os.pardir)
        copy(self, "*", src=root, dst=self.export_sources_folder, excludes=("build/*", ".git/*"))

    def layout(self):
        cmake_layout(self)

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("lockstep runs on Linux")
        if self.settings.get_safe("compiler.cppstd"):
            check_min_cppstd(self, 20)

    def system_requirements(self):
        # Redis runs its scripts in Lua 5.1, of which Conan Center has no recipe.
        Apt(self).install(["liblua5.1-0-dev"])

    def requirements(self):
        # In the headers that other people's projects include.
        self.requires("cereal/1.3.2", transitive_headers=True)
        self.requires("fmt/9.1.0", transitive_headers=True)
        self.requires("tl-expected/1.0.0", transitive_headers=True)
        # Of the libraries.
        self.requires("protobuf/3.21.12", transitive_libs=True)
        self.requires("zlib/[>=1.2.13 <2]", transitive_libs=True)
        # Of the command, and while it is built.
        self.requires("boost/1.81.0", visible=False)
        self.requires("cli11/2.1.2", visible=False)
        self.requires("nlohmann_json/3.11.2", visible=False)
        self.requires("sqlite3/[>=3.40 <4]", visible=False)
        self.requires("tomlplusplus/3.3.0", visible=False)

    def build_requirements(self):
        self.tool_requires("protobuf/<host_version>")

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["LOCKSTEP_TESTS"] = False
        toolchain.cache_variables["LOCKSTEP_WERROR"] = False
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        # find_package(lockstep) is answered by the files that CMake installs.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs.append(os.path.join("lib", "cmake", "lockstep"))
