# Compiler settings that every target of ours links privately; nothing from outside inherits them.
add_library(usher_settings INTERFACE)
target_compile_options(usher_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror)
target_compile_definitions(usher_settings INTERFACE _GLIBCXX_ASSERTIONS)
target_compile_definitions(usher_settings INTERFACE USHER_VERSION="${PROJECT_VERSION}")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 reports -Wrestrict on ordinary std::string concatenation (GCC bug 105651).
  target_compile_options(usher_settings INTERFACE -Wno-restrict)
endif()

option(USHER_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer (clang-19)" OFF)
if(USHER_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

if(USHER_FUZZ)
  # Without this the fuzzer would see the coverage of its own file only.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_link_options(-fuse-ld=lld-19)
endif()
