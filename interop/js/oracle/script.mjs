// store.script: steps on a store of its own, answered with a transcript of everything that happened.

import {createStore} from 'tinybase';

import {callStore} from './stores.mjs';
import {cellOut, valueIn} from './values.mjs';

const WITH_ID_CHANGES = new Set(['TableIds', 'TableCellIds', 'RowIds', 'CellIds', 'ValueIds']);

const argumentOut = (kind) => (argument) => {
  if (typeof argument !== 'function') {
    return [cellOut(argument)];
  }
  return WITH_ID_CHANGES.has(kind) ? [{idChanges: cellOut(argument())}] : [];
};

class Thrown extends Error {}

class Script {
  transcript = [];
  #store = createStore();
  #listeners = new Map();

  run(step) {
    if (step === null || typeof step !== 'object') {
      throw new Error('A step must be an object.');
    }
    switch (step.op) {
      case 'createStore':
        this.#store = createStore();
        this.#listeners.clear();
        break;
      case 'begin':
        this.#store.startTransaction();
        break;
      case 'end':
        this.#store.finishTransaction(() => step.rollback === true);
        break;
      case 'throw':
        throw new Thrown();
      case 'listen':
        this.#listen(step);
        break;
      case 'delListener':
      case 'callListener':
        this.#call(step.op, [this.#listenerId(step.args?.[0])]);
        break;
      default:
        this.#call(step.op, step.args);
    }
  }

  #listen({kind, args = [], id, mutator = false, steps = []}) {
    const method = `add${kind}Listener`;
    if (typeof this.#store[method] !== 'function') {
      throw new Error(`There is no listener kind ${JSON.stringify(kind)}.`);
    }
    const handler = (_, ...rest) => {
      this.transcript.push({ev: id, a: rest.flatMap(argumentOut(kind))});
      steps.forEach((step) => this.run(step));
    };
    const ids = args.map((arg) => valueIn(arg));
    this.#listeners.set(
      id,
      kind.endsWith('Transaction')
        ? this.#store[method](handler)
        : this.#store[method](...ids, handler, mutator),
    );
  }

  #listenerId(name) {
    const id = this.#listeners.get(name);
    if (id === undefined) {
      throw new Error(`There is no listener ${JSON.stringify(name)}.`);
    }
    return id;
  }

  #call(name, args) {
    const result = callStore(this.#store, name, args);
    if (result !== this.#store) {
      this.transcript.push({ret: cellOut(result)});
    }
  }
}

export const scriptOps = {
  'store.script': (_, {steps}) => {
    if (!Array.isArray(steps)) {
      throw new Error('The field steps must be an array.');
    }
    const script = new Script();
    steps.forEach((step) => {
      try {
        script.run(step);
      } catch (error) {
        if (!(error instanceof Thrown)) {
          throw error;
        }
        script.transcript.push({threw: true});
      }
    });
    return {result: script.transcript};
  },
};
