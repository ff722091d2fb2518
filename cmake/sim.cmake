# tests/sim: the consensus core and the vote log over a fake network, disk and clock (docs/testing.md).  The vote log
# is compiled into disk.c, with its system calls led to the fake disk.
file(GLOB sim_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/sim/*.c)
add_executable(medichain_sim ${sim_sources})
target_link_libraries(medichain_sim PRIVATE consensus base cmocka pthread)
# A sanitized build is several times slower: it looks for other things, in fewer seeds.
set(sim_seeds 2000)
if(MC_SANITIZE OR MC_COVERAGE)
    set(sim_seeds 500)
endif()
add_test(NAME sim/seeds COMMAND medichain_sim --seeds ${sim_seeds})
set_tests_properties(sim/seeds PROPERTIES TIMEOUT 900 PROCESSORS 2)
if(NOT MC_SANITIZE AND NOT MC_COVERAGE)
    add_test(NAME sim/mutants COMMAND ${CMAKE_SOURCE_DIR}/tests/sim/mutants ${CMAKE_BINARY_DIR})
    set_tests_properties(sim/mutants PROPERTIES TIMEOUT 600 PROCESSORS 2)
    # Exit status 77: spin is not installed.
    add_test(NAME model/pbft COMMAND ${CMAKE_SOURCE_DIR}/tests/model/run)
    set_tests_properties(model/pbft PROPERTIES TIMEOUT 900 SKIP_RETURN_CODE 77)
endif()
