// "repeat": n runs the work n times and answers with one wall time a run, in milliseconds.

const countIn = (repeat) => {
  if (!Number.isInteger(repeat) || repeat < 1) {
    throw new Error('repeat must be an integer of 1 or more.');
  }
  return repeat;
};

export const measured = (repeat, work) => {
  if (repeat === undefined) {
    return {result: work()};
  }
  let result;
  const ms = Array.from({length: countIn(repeat)}, () => {
    const start = performance.now();
    result = work();
    return performance.now() - start;
  });
  return {result, ms};
};

export const measuredAsync = async (repeat, work) => {
  if (repeat === undefined) {
    return {result: await work()};
  }
  let result;
  const ms = [];
  for (let run = countIn(repeat); run > 0; run--) {
    const start = performance.now();
    result = await work();
    ms.push(performance.now() - start);
  }
  return {result, ms};
};
