/* The faults and rare states that a run must have seen, by the names of the reliability plan (C crashes and disks
 * of a process, D stored data, N network, T clocks, B liars).  A count of zero over a long run is a failure. */
#ifndef MC_TESTS_SIM_FAULTS_H
#define MC_TESTS_SIM_FAULTS_H

#define SIM_FAULTS(X)                                                                              \
    X(C1_KILL, "C1 killed between two disk operations or steps")                                   \
    X(C2_POWER, "C2 power lost, unsynced bytes gone")                                              \
    X(C3_TORN, "C3 torn write: some sectors of the unsynced bytes stay")                           \
    X(C4_FULL, "C4 disk full within a write")                                                      \
    X(C5_EIO, "C5 write or sync fails with EIO")                                                   \
    X(C8_KEY_TWICE, "C8 same key on two hosts, or an old vote log restored")                       \
    X(D1_FLIP, "D1 bit flip in one of the two log files")                                          \
    X(D2_FILE, "D2 log file missing or cut short")                                                 \
    X(D5_LOST, "D5 vote log and blocks lost: amnesia mode")                                        \
    X(N1_DELAY, "N1 message delayed, and so reordered")                                            \
    X(N1_LOSS, "N1 message lost")                                                                  \
    X(N1_DUP, "N1 message duplicated")                                                             \
    X(N1_REPLAY, "N1 recorded frame replayed")                                                     \
    X(N2_HALVES, "N2 partition in two sides")                                                      \
    X(N2_ISOLATE, "N2 one validator cut off")                                                      \
    X(N2_BRIDGE, "N2 two sides joined by one validator")                                           \
    X(N2_ASYM, "N2 one direction cut")                                                             \
    X(N2_SWIZZLE, "N2 swizzle: cut one by one, healed in another order")                           \
    X(N3_SLOW, "N3 message on a slow link")                                                        \
    X(T1_SKEW, "T1 wall clock wrong")                                                              \
    X(T1_DRIFT, "T1 clock runs fast or slow")                                                      \
    X(T1_JUMP, "T1 clock jumps")                                                                   \
    X(T1_STOP, "T1 process stopped and resumed")                                                   \
    X(B1_PROPOSALS, "B1 two proposals to different receivers")                                     \
    X(B2_VOTES, "B2 two votes in one round")                                                       \
    X(B3_FORGED, "B3 forged signature arrived")                                                    \
    X(B4_FAR, "B4 past or far-future height or round")                                             \
    X(B5_JUSTIFY, "B5 bad justification, or a chosen lock")                                        \
    X(B6_FLOOD, "B6 round change to a huge round, or a flood")                                     \
    X(B7_WITHHOLD, "B7 lie or vote withheld from some receivers")                                  \
    X(B8_BLOCK, "B8 invalid block or wrong body proposed")                                         \
    X(TWINS, "twins: one identity runs twice")

enum sim_fault {
#define SIM_FAULT_ENUM(id, text) SIM_##id,
    SIM_FAULTS(SIM_FAULT_ENUM)
#undef SIM_FAULT_ENUM
        SIM_FAULT_CNT
};

#define SIM_STATES(X)                                                                              \
    X(ROUNDS_APART, "no progress: capped timers keep the rounds apart (a failure with --strict)")  \
    X(LATE_ROUND, "decided at round 2 or later")                                                   \
    X(FETCH, "body of a block fetched")                                                            \
    X(EVIDENCE, "evidence against a liar")                                                         \
    X(KEY_TWICE, "validator found its key used elsewhere")                                         \
    X(CRASH_BEFORE_APPLY, "crash between certificate and block")                                   \
    X(AMNESIA_EXIT, "validator votes again after a lost log")                                      \
    X(LOG_REPAIRED, "vote log repaired from its mirror")                                           \
    X(TAIL_DROPPED, "torn tail of the vote log dropped")                                           \
    X(ROTATE_FAILED, "crash while the vote log was cut down")

enum sim_state {
#define SIM_STATE_ENUM(id, text) SIM_ST_##id,
    SIM_STATES(SIM_STATE_ENUM)
#undef SIM_STATE_ENUM
        SIM_STATE_CNT
};

#endif
