# Warnings, linker, compiler cache and the precompiled header: one place, for every target of ours.
find_program(CCACHE ccache)
if(CCACHE)
  # pch_defines and time_macros: without them ccache refuses every file that uses a precompiled header.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

add_library(house INTERFACE)
target_compile_options(house INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wformat=2 -Wextra-semi -Wimplicit-fallthrough
  -Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # TRY is a statement expression: a GNU extension, marked __extension__.
  target_compile_options(house INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wuseless-cast
    -Wsuggest-override>)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # clang 16 with libstdc++ 12: std::expected hides behind a concepts version that clang does not claim.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-D__cpp_concepts=202002L>
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-builtin-macro-redefined> $<$<COMPILE_LANGUAGE:CXX>:-Wno-macro-redefined>)
  # TRY(f()) of a value that is not wanted; g++ does not count it.
  target_compile_options(house INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-unused-result>)
endif()

# Tests are held to less: gtest's macros shadow, convert and end in commas.
add_library(test_house INTERFACE)
target_compile_options(test_house INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Woverloaded-virtual -Wsuggest-override -Werror>)

find_program(LLD ld.lld)
if(LLD)
  add_link_options(-fuse-ld=lld)
endif()

if(TASUKI_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

if(TASUKI_FUZZ)
  # Coverage for libFuzzer in everything; RapidJSON adds an offset to a null pointer, which is its own affair.
  add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize=pointer-overflow)
endif()
