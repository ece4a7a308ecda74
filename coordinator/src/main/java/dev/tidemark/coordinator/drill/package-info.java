/**
 * Crash drills: database, coordinator, gateway and QEMU as processes of their own, killed in any combination while the system
 * stands at a named point of its work, started again, and judged by what must hold after any crash (hazards §2).
 *
 * <p>In: names or a seed. Out: a verdict for each scenario, for people, programs and auditors. Never: a look into a process's
 * memory, a judgement by the coordinator's word alone where QEMU, the repository or the database can be asked, a process or a
 * directory left behind, the kill of anything that was not started here.
 */
@NullMarked
package dev.tidemark.coordinator.drill;

import org.jspecify.annotations.NullMarked;
