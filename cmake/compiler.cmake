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
    -Wsuggest-override -fpch-preprocess>)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # clang 16 with libstdc++ 12: std::expected hides behind a concepts version that clang does not claim.
  target_compile_options(house INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-D__cpp_concepts=202002L -Wno-builtin-macro-redefined -Wno-macro-redefined>)
endif()

find_program(LLD ld.lld)
if(LLD)
  add_link_options(-fuse-ld=lld)
endif()

if(TASUKI_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
