// JSON and what JSON cannot write: bytes, undefined, big integers, not-a-number and its kin.

import * as Y from 'yjs';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const NUMBERS = new Map([['NaN', NaN], ['Infinity', Infinity], ['-Infinity', -Infinity], ['-0', -0]]);
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n];

export const bytesIn = (text, field = 'bytes') => {
  if (typeof text !== 'string' || !BASE64.test(text)) {
    throw new Error(`The field ${field} must be base64.`);
  }
  return new Uint8Array(Buffer.from(text, 'base64'));
};

export const bytesOut = (bytes) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

export const optionIn = (options, value, field) => {
  if (!options.includes(value)) {
    throw new Error(`The field ${field} must be one of ${options.join(', ')}.`);
  }
  return value;
};

/** 1 where the request does not say. */
export const versionIn = (value = 1, field = 'v') => optionIn([1, 2], value, field);

const entriesMapped = (object, map) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));

const onlyKey = (value) => {
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0].startsWith('$') ? keys[0] : null;
};

const int64 = (text) => {
  const value = typeof text === 'string' && /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : null;
  if (value === null || value < INT64[0] || value > INT64[1]) {
    throw new Error(`$bigint must be the decimal digits of an integer of 64 bits: ${JSON.stringify(text)}.`);
  }
  return value;
};

const newType = (kind) => {
  const [name, nodeName] = String(kind).split(':', 2);
  switch (name) {
    case 'map':
      return new Y.Map();
    case 'array':
      return new Y.Array();
    case 'text':
      return new Y.Text();
    case 'xmlText':
      return new Y.XmlText();
    case 'xmlElement':
      if (nodeName) {
        return new Y.XmlElement(nodeName);
      }
  }
  throw new Error(`$new does not know the type ${JSON.stringify(kind)}.`);
};

/** A value of the protocol as plain data. Where `types` is set, {"$new": …} makes a new shared type. */
export const valueIn = (value, types = false) => {
  if (value === null || typeof value !== 'object') {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => valueIn(item));
  }
  switch (onlyKey(value)) {
    case '$bytes':
      return bytesIn(value.$bytes, '$bytes');
    case '$undefined':
      return undefined;
    case '$bigint':
      return int64(value.$bigint);
    case '$':
      if (value.$ === 'undefined') {
        return undefined;
      }
      if (NUMBERS.has(value.$)) {
        return NUMBERS.get(value.$);
      }
      throw new Error(`There is no special value ${JSON.stringify(value.$)}.`);
    case '$new':
      if (!types) {
        throw new Error('A new type can only be a value of its own, not a part of one.');
      }
      return newType(value.$new);
    default:
      return entriesMapped(value, (item) => valueIn(item));
  }
};

const valueOutWith = (undefinedOut) => {
  const out = (value) => {
    switch (typeof value) {
      case 'undefined':
        return undefinedOut;
      case 'bigint':
        return {$bigint: String(value)};
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? value : {$: Object.is(value, -0) ? '-0' : String(value)};
      case 'object':
        break;
      default:
        return typeof value === 'function' ? null : value;
    }
    if (value === null) {
      return null;
    }
    if (Array.isArray(value)) {
      return value.map(out);
    }
    if (value instanceof Uint8Array) {
      return {$bytes: bytesOut(value)};
    }
    if (value instanceof Y.AbstractType) {
      return out(value.toJSON());
    }
    if (value instanceof Y.Doc) {
      return {}; // What JSON.stringify makes of a subdocument that is not loaded.
    }
    return entriesMapped(value instanceof Map ? Object.fromEntries(value) : value, out);
  };
  return out;
};

/** How documents write values. */
export const valueOut = valueOutWith({$undefined: true});

/** How stores write values. */
export const cellOut = valueOutWith({$: 'undefined'});
