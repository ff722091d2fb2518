# Third-party libraries: each belongs to the one folder that has a doorway to it.
function(mc_private name)
    get_target_property(kind ${name} TYPE)
    if(kind STREQUAL "STATIC_LIBRARY")
        target_link_libraries(${name} PRIVATE ${ARGN})
    endif()
endfunction()

mc_private(ledger ${ROCKSDB_LIBRARY} pthread)
mc_private(node PkgConfig::UV)
mc_private(tools PkgConfig::UV)

# node-llhttp ships C sources; they are compiled in place, outside our warning rules.
add_library(llhttp STATIC ${LLHTTP_SOURCE}/llhttp.c ${LLHTTP_SOURCE}/http.c ${LLHTTP_SOURCE}/api.c)
target_include_directories(llhttp SYSTEM PUBLIC ${LLHTTP_INCLUDE})
target_compile_options(llhttp PRIVATE -w)
# Its strict mode is a compile-time switch: a loose parser is how requests get smuggled.
target_compile_definitions(llhttp PRIVATE LLHTTP_STRICT_MODE=1)
mc_private(rpc llhttp)
mc_private(tools llhttp)
