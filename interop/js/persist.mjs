// TinyBase's own file and SQLite persisters as a process, for tests that share a file or a database with them.
// Requests and answers are JSON lines: {id, op, …} and {id, ok, result} or {id, ok: false, error}.
//   {op: "file", path}                 a store persisted in a file
//   {op: "sqlite", path, config}       a store persisted in a database; an existing file is read into it
//   {op: "export"}                     writes the database to its file
//   {op: "set", json} {op: "get"}      the store's content as JSON
//   {op: "cell", args}                 store.setCell(...args)
//   {op: "persister", method}          calls a method of the persister: save, load, startAutoPersisting, …
// sqlite-wasm has no access to real files under Node, so a database goes in and out as its bytes.

import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {createInterface} from 'node:readline';

import sqlite3InitModule from '@sqlite.org/sqlite-wasm';
import {createStore} from 'tinybase';
import {createFilePersister} from 'tinybase/persisters/persister-file';
import {createSqliteWasmPersister} from 'tinybase/persisters/persister-sqlite-wasm';

console.log = console.info = console.warn = console.error;

const WAL_VERSION_OFFSETS = [18, 19];
const LEGACY_VERSION = 1;

const store = createStore();
const errors = [];
const keepError = (error) => errors.push(String(error));
let persister;
let sqlite3;
let database;
let path;

const load = (bytes) => {
  // A database in memory has no log beside it; one that was closed has everything in its main file.
  WAL_VERSION_OFFSETS.forEach((offset) => (bytes[offset] = LEGACY_VERSION));
  const {capi, wasm} = sqlite3;
  const pointer = wasm.allocFromTypedArray(bytes);
  const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_RESIZEABLE;
  database.checkRc(capi.sqlite3_deserialize(database.pointer, 'main', pointer, bytes.length, bytes.length, flags));
};

const ops = {
  file: (request) => {
    persister = createFilePersister(store, request.path, keepError);
  },
  sqlite: async (request) => {
    path = request.path;
    sqlite3 = await sqlite3InitModule();
    database = new sqlite3.oo1.DB(':memory:');
    if (existsSync(path)) {
      load(new Uint8Array(readFileSync(path)));
    }
    persister = createSqliteWasmPersister(store, sqlite3, database, request.config, undefined, keepError);
  },
  export: () => writeFileSync(path, sqlite3.capi.sqlite3_js_db_export(database)),
  set: ({json}) => {
    store.setJson(json);
  },
  get: () => store.getJson(),
  cell: ({args}) => {
    store.setCell(...args);
  },
  persister: async ({method}) => {
    await persister[method]();
    if (errors.length > 0) {
      throw new Error(errors.splice(0).join('; '));
    }
  },
};

for await (const line of createInterface({input: process.stdin})) {
  const {id, op, ...request} = JSON.parse(line);
  let answer;
  try {
    answer = {id, ok: true, result: (await ops[op](request)) ?? null};
  } catch (error) {
    answer = {id, ok: false, error: String(error?.stack ?? error)};
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
await persister?.destroy();
