/** Gives a function that resolves once its item is written; what comes meanwhile is written with the next batch. */
export function groupCommit<Item>(write: (batch: readonly Item[]) => Promise<unknown>) {
  let pending: { item: Item; done: PromiseWithResolvers<void> }[] = [];
  let isWriting = false;
  const flush = async () => {
    isWriting = true;
    while (pending.length > 0) {
      const batch = pending;
      pending = [];
      await write(batch.map(({ item }) => item)).then(
        () => batch.forEach(({ done }) => done.resolve()),
        (error: unknown) => batch.forEach(({ done }) => done.reject(error)),
      );
    }
    isWriting = false;
  };
  return (item: Item): Promise<void> => {
    const done = Promise.withResolvers<void>();
    pending.push({ item, done });
    if (!isWriting) void flush();
    return done.promise;
  };
}
