#include "rpc/job.h"

#include <stdlib.h>

struct rpc_job *rpc_job_new(struct rpc_server *s, struct mc_buf *body)
{
    struct rpc_job *job = calloc(1, sizeof *job);

    if (job == NULL)
        return NULL;
    job->server = s;
    job->body = *body;
    *body = (struct mc_buf){0};
    return job;
}

enum rpc_job_state rpc_job_run(struct rpc_job *job)
{
    if (!job->begun) {
        mc_buf_put_zeros(&job->out, RPC_HEAD_ROOM);
        if (job->out.oom)
            return RPC_JOB_DONE; /* the connection sees that there is no answer, and closes */
        job->begun = true;
        rpc_run_begin(&job->run, job->server, mc_buf_slice(&job->body), &job->out);
        mc_buf_free(&job->body); /* the parsed tree has its own copy */
    }
    if (rpc_run_step(&job->run, false) == RPC_JOB_WAIT)
        return RPC_JOB_WAIT;
    rpc_run_end(&job->run);
    return RPC_JOB_DONE;
}

uint64_t rpc_job_deadline_ms(const struct rpc_job *job)
{
    return job->run.wait.deadline_ms;
}

void rpc_job_free(struct rpc_job *job)
{
    if (job == NULL)
        return;
    if (job->begun)
        rpc_run_end(&job->run);
    mc_buf_free(&job->body);
    mc_buf_free(&job->out);
    free(job);
}
