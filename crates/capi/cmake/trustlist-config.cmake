# CMake: find_package(trustlist CONFIG) gives trustlist::static and trustlist::shared, as far as the libraries are installed, and
# trustlist::trustlist (the static one if there is one); on Windows the static one only. Install it beside the libraries of one prefix:
#     PREFIX/include/trustlist.h
#     PREFIX/lib/libtrustlist.a, PREFIX/lib/libtrustlist.so
#     PREFIX/lib/cmake/trustlist/trustlist-config.cmake
# Then: cmake -DCMAKE_PREFIX_PATH=PREFIX …, and in CMakeLists.txt: target_link_libraries(program PRIVATE trustlist::trustlist)
get_filename_component(_trustlist_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

foreach(_trustlist_kind static shared)
  string(TOUPPER "${_trustlist_kind}" _trustlist_upper)
  if(_trustlist_kind STREQUAL "static")
    set(_trustlist_name "${CMAKE_STATIC_LIBRARY_PREFIX}trustlist${CMAKE_STATIC_LIBRARY_SUFFIX}")
  else()
    set(_trustlist_name "${CMAKE_SHARED_LIBRARY_PREFIX}trustlist${CMAKE_SHARED_LIBRARY_SUFFIX}")
  endif()
  set(_trustlist_file "${_trustlist_prefix}/lib/${_trustlist_name}")
  if(WIN32 AND _trustlist_kind STREQUAL "shared")
    continue()
  endif()
  if(EXISTS "${_trustlist_file}" AND NOT TARGET trustlist::${_trustlist_kind})
    add_library(trustlist::${_trustlist_kind} ${_trustlist_upper} IMPORTED)
    set_target_properties(trustlist::${_trustlist_kind} PROPERTIES
      IMPORTED_LOCATION "${_trustlist_file}"
      INTERFACE_INCLUDE_DIRECTORIES "${_trustlist_prefix}/include")
  endif()
endforeach()

if(TARGET trustlist::static)
  # The libraries that `cargo rustc … -- --print native-static-libs` names; unused code is left out of the program.
  if(WIN32)
    set(_trustlist_needs kernel32 ntdll userenv ws2_32 dbghelp)
  elseif(APPLE)
    set(_trustlist_needs m)
  else()
    set(_trustlist_needs m dl pthread -Wl,--gc-sections)
  endif()
  set_target_properties(trustlist::static PROPERTIES INTERFACE_LINK_LIBRARIES "${_trustlist_needs}")
endif()

if(NOT TARGET trustlist::trustlist)
  if(TARGET trustlist::static)
    set(_trustlist_default trustlist::static)
  elseif(TARGET trustlist::shared)
    set(_trustlist_default trustlist::shared)
  endif()
  if(_trustlist_default)
    add_library(trustlist::trustlist INTERFACE IMPORTED)
    set_target_properties(trustlist::trustlist PROPERTIES INTERFACE_LINK_LIBRARIES "${_trustlist_default}")
  else()
    set(trustlist_FOUND FALSE)
    set(trustlist_NOT_FOUND_MESSAGE "no libtrustlist in ${_trustlist_prefix}/lib")
  endif()
endif()
unset(_trustlist_prefix)
