// Waits until nothing is scheduled any more.

import {setImmediate as nextTurn} from 'node:timers/promises';

const MAX_TURNS = 2000;
const QUIET_TURNS = 3;

/** Resolves after a few turns of the event loop in a row in which all was idle and `activity()` stood still. */
export const settled = async (isIdle, activity) => {
  let seen = activity();
  for (let turn = 0, quiet = 0; turn < MAX_TURNS; turn++) {
    await nextTurn();
    quiet = isIdle() && activity() === seen ? quiet + 1 : 0;
    seen = activity();
    if (quiet === QUIET_TURNS) {
      return;
    }
  }
  throw new Error(`Something was still going on after ${MAX_TURNS} turns.`);
};
