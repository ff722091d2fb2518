/* PBFT of one height as a Spin model: does agreement hold for every schedule?
 *
 * Four validators, three of them honest processes; the fourth lies.  There are no channels: the sets of votes, proposals
 * and round changes that were ever sent are global (a "soup").  A process may act on anything in it, late or never, so
 * that loss, delay, reordering and duplication come free.  Timeouts are pure choice.
 *
 * The liar has no state: its vote is there for every round and block (a quorum needs q-1 honest ones), it may claim
 * any prepared certificate that exists, and in its own round it proposes every block that can be justified.
 * A restart that keeps what is durable is only a delay; the FORGET variants lose something in it.
 *
 * BYZ: the round that the liar leads, 0 .. R-1; R: none.
 * Broken variants, each must be caught: SMALL_Q, FORGET_ROUND, FORGET_PC, FORGET_BOTH, NO_CLAIMS, ANY_PC, OLD_VOTE. */

#ifndef BYZ
#define BYZ 0
#endif
#define R 3 /* rounds */
#define NONE 3

#ifdef SMALL_Q
#define HONEST_Q 1
#else
#define HONEST_Q 2 /* of q = 3 */
#endif

#define BIT(i) (1 << (i))
#define CNT(m) (((m) & 1) + (((m) >> 1) & 1) + (((m) >> 2) & 1))
#define AT(r, v) ((r) * 2 + (v)) /* two blocks: 0 and 1 */
#define QUORUM(m) (CNT(m) >= HONEST_Q)

byte prepares[6]; /* at AT(r, v): honest signers */
byte commits[6];
byte proposed[R]; /* blocks justly proposed at a round: bit per block */
/* Round changes of honest i to round x, at i * R + x: 0 none; 1 nothing prepared; else 2 + AT(pr, v). */
byte rc[9];

#define PREPARED(r, v) QUORUM(prepares[AT(r, v)])
#define DECIDED(v) (QUORUM(commits[AT(0, v)]) || QUORUM(commits[AT(1, v)]) || QUORUM(commits[AT(2, v)]))
#define SENT(i, x) (rc[(i) * R + (x)] != 0)

/* Can block v be justified at round x?  Of any three round changes; three honest ones allow nothing that two of them
 * and the liar's do not. */
inline justify(x, v, ok)
{
    d_step {
        ok = (x == 0);
        a = 0;
        do
        :: x == 0 || a >= 2 -> break
        :: else ->
            b = a + 1;
            do
            :: b >= 3 -> break
            :: else ->
                if
                :: SENT(a, x) && SENT(b, x) -> with_pair(x, v, ok)
                :: else
                fi;
                b++
            od;
            a++
        od;
        a = 0;
        b = 0;
        top = 0;
        other = 0
    }
}

/* The round changes of a and b, and one of the liar, which claims nothing or any certificate below x. */
inline with_pair(x, v, ok)
{
    other = rc[a * R + x];
    top = rc[b * R + x];
#ifdef NO_CLAIMS
    ok = 1; /* the proposer's word is enough */
#else
    if
    :: other < 2 && top < 2 -> ok = 1 /* nothing prepared: any block */
    :: else
    fi;
#ifdef ANY_PC
    if
    :: other >= 2 && (other & 1) == v -> ok = 1
    :: else
    fi;
#else
    /* Rounds decide: they are the high part. */
    if
    :: other > top -> top = other
    :: else
    fi;
#endif
    if
    :: top >= 2 && (top & 1) == v -> ok = 1
    :: else
    fi;
    /* The liar may claim a certificate that exists, at or above the highest of the two. */
    if
    :: PREPARED(0, v) && top < 4 -> ok = 1
    :: else
    fi;
    if
    :: x > 1 && PREPARED(1, v) -> ok = 1
    :: else
    fi
#endif
}

proctype validator(byte i)
{
    byte round = 0, accepted = NONE, x;
    byte lock = 1;     /* as in rc: 1 nothing, else 2 + AT(r, v) */
    byte voted = 0;    /* 1 + highest round PREPAREd: durable */
    byte committed = 0; /* 1 + highest round COMMITted: durable */
    byte v, ok, a, b, top, other;

end: /* it may stop anywhere */
    do
    /* Propose: honest i leads the round for which (round != BYZ) and round % 3 == i; which block, is free. */
    :: atomic {
        round != BYZ && round % 3 == i && proposed[round] == 0 ->
        if
        :: v = 0
        :: v = 1
        fi;
        justify(round, v, ok);
        if
        :: ok -> proposed[round] = BIT(v)
        :: else
        fi;
        v = 0;
        ok = 0
    }
    /* The liar proposes all that can be justified: accepting looks at that directly. */
    :: atomic {
        if
        :: x = 0
        :: x = 1
        :: x = 2
        fi;
        if
        :: v = 0
        :: v = 1
        fi;
        if
#ifdef OLD_VOTE
        :: (x > round || (x == round && accepted == NONE) || x + 1 == round) && voted != x + 1 ->
#else
        :: (x > round || (x == round && accepted == NONE)) && voted <= x ->
#endif
            ok = 0;
            if
            :: x == BYZ -> justify(x, v, ok)
            :: x != BYZ -> ok = (proposed[x] >> v) & 1
            fi;
            if
            :: ok ->
                round = x;
                accepted = v;
                voted = x + 1;
                prepares[AT(x, v)] = prepares[AT(x, v)] | BIT(i)
            :: else
            fi
        :: else
        fi;
        x = 0;
        v = 0;
        ok = 0
    }
    /* Commit: a quorum PREPAREd what this one accepted. */
    :: atomic {
        accepted != NONE && committed <= round && PREPARED(round, accepted) ->
        lock = 2 + AT(round, accepted);
        committed = round + 1;
        commits[AT(round, accepted)] = commits[AT(round, accepted)] | BIT(i);
        assert(!(DECIDED(0) && DECIDED(1)))
    }
    /* Timer, or a jump: any higher round. */
    :: atomic {
        if
        :: round < 1 -> x = 1
        :: round < 2 -> x = 2
        fi;
        round = x;
        accepted = NONE;
        rc[i * R + x] = lock;
        x = 0
    }
#if defined(FORGET_PC) || defined(FORGET_BOTH)
    :: atomic { lock > 1 -> lock = 1 }
#endif
#if defined(FORGET_ROUND) || defined(FORGET_BOTH)
    :: atomic { round > 0 -> round = (voted > 0 -> voted - 1 : 0); accepted = NONE }
#endif
    od
}

init
{
    atomic {
        run validator(0);
        run validator(1);
        run validator(2)
    }
}
