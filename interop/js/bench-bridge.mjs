// The measured peer of the bridge and store rows of tests/TinyStore.Benchmarks: the real TinyBase, with its Yjs persister on the real yjs.
// node --expose-gc bench-bridge.mjs WORK ARGUMENTS… RUNS WARMUPS   prints {"ms": [...]}, a wall time a run; memory works print {"bytes": n}
//   make FILE ROWS               the V1 update of a table of mixed cells in TinyBase's layout (nothing is measured)
//   load FILE                    update -> new document -> new store
//   saves FILE COUNT             COUNT one-cell transactions of the store, all in the document (auto-save alone: with auto-load
//                                beside it, TinyBase 10.0.1 keeps only one a macrotask)
//   loads FILE COUNT             COUNT one-cell updates of another peer, all in the store (auto-load alone)
//   first-save ROWS              the whole store into a new document
//   rows FILE COUNT              COUNT new rows, each a transaction, each saved before the next
//   memory FILE                  what document and store keep on the heap
//   writes ROWS COUNT LISTENERS  COUNT transactions of one cell; LISTENERS: -1 for one on all cells, else that many on single cells
//   set-tables ROWS              setTables
//   read ROWS                    each cell once
//   store-memory ROWS            what the store keeps on the heap beside ids and strings
import fs from 'node:fs'
import {setImmediate as nextTurn} from 'node:timers/promises'
import {createStore} from 'tinybase'
import {createYjsPersister} from 'tinybase/persisters/persister-yjs'
import * as Y from 'yjs'

const SPECIES = ['cat', 'dog', 'parrot', 'rabbit', 'hamster', 'goldfish', 'canary', 'tortoise', 'ferret', 'gecko']
const cellsOf = (row) => ({name: `item ${row}`, species: SPECIES[row % 10], age: row % 20, price: ((row * 37) % 10000) / 100, sold: row % 3 === 0})
const tableOf = (rows) => Object.fromEntries(Array.from({length: rows}, (_, row) => [`r${row}`, cellsOf(row)]))

const timed = async (runs, warmups, work, prepare = () => {}) => {
  const ms = []
  for (let i = 0; i < warmups + runs; i++) {
    const prepared = await prepare()
    globalThis.gc?.()
    const start = performance.now()
    await work(prepared)
    const end = performance.now()
    if (i >= warmups) ms.push(end - start)
  }
  return ms
}

const must = (condition, what) => {
  if (!condition) throw new Error(`The measurement is void: ${what}.`)
}

/** TinyBase saves and loads in microtasks; whoever waits lets macrotasks run too now and then. */
const until = async (isDone) => {
  for (let turn = 1; !isDone(); turn++) {
    must(turn < 100_000_000, 'it never came to an end')
    await (turn % 1000 === 0 ? nextTurn() : null)
  }
}

const loaded = async (bytes) => {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, bytes)
  const store = createStore()
  const persister = createYjsPersister(store, doc)
  await persister.load()
  return {doc, store, persister}
}

const cellIn = (doc, row, cell) => doc.getMap('tinybase').get('t').get('table').get(row).get(cell)

const works = {
  make: async (_, __, file, rows) => {
    const doc = new Y.Doc()
    doc.clientID = 1
    doc.transact(() => {
      const root = doc.getMap('tinybase')
      const tables = root.set('t', new Y.Map())
      root.set('v', new Y.Map())
      const table = tables.set('table', new Y.Map())
      for (let r = 0; r < rows; r++) {
        const row = table.set(`r${r}`, new Y.Map())
        Object.entries(cellsOf(r)).forEach(([cell, value]) => row.set(cell, value))
      }
    })
    fs.writeFileSync(file, Y.encodeStateAsUpdate(doc))
    return {bytes: fs.statSync(file).size}
  },

  load: async (runs, warmups, file) => {
    const bytes = fs.readFileSync(file)
    return {
      ms: await timed(runs, warmups, async () => {
        const {store} = await loaded(bytes)
        must(store.hasRow('table', 'r0'), 'nothing was loaded')
      }),
    }
  },

  saves: async (runs, warmups, file, count) => {
    const {doc, store, persister} = await loaded(fs.readFileSync(file))
    await persister.startAutoSave()
    const rows = store.getRowIds('table')
    let value = 100
    const ms = await timed(runs, warmups, async () => {
      for (let i = 0; i < count; i++) {
        value++
        store.setCell('table', rows[(value * 7919) % rows.length], 'age', value)
      }
      await until(() => cellIn(doc, rows[(value * 7919) % rows.length], 'age') === value)
    })
    return {ms}
  },

  loads: async (runs, warmups, file, count) => {
    const bytes = fs.readFileSync(file)
    const {doc, store, persister} = await loaded(bytes)
    await persister.startAutoLoad()
    const other = new Y.Doc()
    Y.applyUpdate(other, bytes)
    const rows = store.getRowIds('table')
    let updates = []
    other.on('update', (update) => updates.push(update))
    const table = other.getMap('tinybase').get('t').get('table')
    let value = 100
    const ms = await timed(
      runs,
      warmups,
      async () => {
        updates.forEach((update) => Y.applyUpdate(doc, update))
        await until(() => store.getCell('table', rows[(value * 7919) % rows.length], 'age') === value)
      },
      () => {
        updates = []
        for (let i = 0; i < count; i++) {
          value++
          table.get(rows[(value * 7919) % rows.length]).set('age', value)
        }
      },
    )
    return {ms}
  },

  'first-save': async (runs, warmups, rows) => {
    const store = createStore().setTables({table: tableOf(rows)})
    return {
      ms: await timed(runs, warmups, async () => {
        const doc = new Y.Doc()
        await createYjsPersister(store, doc).save()
        must(cellIn(doc, 'r0', 'age') === 0, 'nothing was saved')
      }),
    }
  },

  rows: async (runs, warmups, file, count) => {
    const {doc, store, persister} = await loaded(fs.readFileSync(file))
    await persister.startAutoSave()
    let next = store.getRowCount('table')
    const ms = await timed(runs, warmups, async () => {
      for (let i = 0; i < count; i++) {
        store.setRow('table', `r${next}`, cellsOf(next))
        await until(() => doc.getMap('tinybase').get('t').get('table').has(`r${next}`))
        next++
      }
    })
    return {ms}
  },

  memory: async (_, __, file) => {
    const bytes = fs.readFileSync(file)
    return retained(() => loaded(bytes))
  },

  writes: async (runs, warmups, rows, count, listeners) => {
    const store = createStore().setTables({table: tableOf(rows)})
    let heard = 0
    if (listeners < 0) {
      store.addCellListener(null, null, null, () => heard++)
    }
    for (let row = 0; row < listeners; row++) {
      store.addCellListener('table', `r${row}`, 'age', () => heard++)
    }
    const ids = store.getRowIds('table')
    let value = 100
    const ms = await timed(runs, warmups, () => {
      for (let i = 0; i < count; i++) {
        value++
        store.setCell('table', ids[(value * 7919) % ids.length], 'age', value)
      }
    })
    must((heard > 0) === (listeners !== 0), 'the listeners did not hear')
    return {ms, heard}
  },

  'set-tables': async (runs, warmups, rows) => {
    const tables = {table: tableOf(rows)}
    return {
      ms: await timed(runs, warmups, () => {
        must(createStore().setTables(tables).getRowCount('table') === rows, 'rows are missing')
      }),
    }
  },

  read: async (runs, warmups, rows) => {
    const store = createStore().setTables({table: tableOf(rows)})
    return {
      ms: await timed(runs, warmups, () => {
        let cells = 0
        store.forEachTable((_, forEachRow) => forEachRow((_, forEachCell) => forEachCell((_, cell) => (cells += cell === undefined ? 0 : 1))))
        must(cells === rows * 5, 'cells are missing')
      }),
    }
  },

  'store-memory': async (_, __, rows) => {
    const tables = {table: tableOf(rows)}
    return retained(() => createStore().setTables(tables), tables)
  },
}

// What making something adds to the heap; `beside` stays alive meanwhile and is not counted.
const retained = async (make, beside) => {
  globalThis.gc()
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  const kept = await make()
  globalThis.gc()
  globalThis.gc()
  return {bytes: process.memoryUsage().heapUsed - before, kept: Boolean(kept) && Boolean(beside ?? true)}
}

const [, , name, ...rest] = process.argv
if (works[name] === undefined) {
  console.error(`usage: bench-bridge.mjs ${Object.keys(works).join('|')} …`)
  process.exit(2)
}
const last = name === 'make' || name.endsWith('memory') ? [] : rest.splice(-2).map(Number)
const version = (library) => JSON.parse(fs.readFileSync(new URL(`./node_modules/${library}/package.json`, import.meta.url))).version
const answer = await works[name](last[0], last[1], ...rest.map((argument) => (/^-?\d+$/.test(argument) ? Number(argument) : argument)))
console.log(JSON.stringify({...answer, tinybase: version('tinybase'), yjs: version('yjs'), node: process.versions.node}))
