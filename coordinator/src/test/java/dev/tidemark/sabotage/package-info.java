/**
 * Offenders, one for each rule of {@code Rooms}: a rule that no longer catches its offender is no rule.
 *
 * <p>Never: used by anything but {@code RoomsTest}.
 */
@NullMarked
package dev.tidemark.sabotage;

import org.jspecify.annotations.NullMarked;
