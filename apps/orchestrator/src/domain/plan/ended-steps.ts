/** Steps of a run that have ended, by id in its order; whether each has an output that may be referred to. */
export type EndedSteps = ReadonlyMap<string, boolean>;

export const NONE_ENDED: EndedSteps = new Map();
