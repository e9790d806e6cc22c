/* A team of threads that shares short pieces of work: a phase is cut into chunks, which the
   threads and their caller take one by one. Between phases threads spin for a while, because a
   phase of a small model lasts a few microseconds and a sleeping thread takes longer to wake. */
#ifndef PLASMID_TEAM_H
#define PLASMID_TEAM_H
#include <stdint.h>

struct plasmid_team;

/* Does chunk `chunk` on lane `lane` (0 = the caller, 1... = the team's threads). */
typedef void (*plasmid_team_body)(void *context, int32_t lane, int32_t chunk);

/* A team of `lanes` >= 1 lanes, the caller among them; NULL with errno if a thread cannot start. */
struct plasmid_team *plasmid_team_create(int32_t lanes);

/* Does chunks 0..<chunks and returns when all are done. One caller at a time. */
void plasmid_team_run(
    struct plasmid_team *team, int32_t chunks, plasmid_team_body body, void *context);

/* Ends the threads and frees the team. */
void plasmid_team_destroy(struct plasmid_team *team);
#endif
