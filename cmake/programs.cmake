# The two programs.  main.c of each folder is kept out of its library, so that tests can link the rest.
if(EXISTS ${CMAKE_SOURCE_DIR}/node/main.c)
    add_executable(medichaind ${CMAKE_SOURCE_DIR}/node/main.c)
    target_link_libraries(medichaind PRIVATE node)
endif()
if(EXISTS ${CMAKE_SOURCE_DIR}/tools/main.c)
    add_executable(medichain ${CMAKE_SOURCE_DIR}/tools/main.c)
    target_link_libraries(medichain PRIVATE tools)
endif()
