// The measured peer of tests/TinyStore.Benchmarks: the same work, done by the real yjs under Node.
// (The bridge and the store are measured by bench-bridge.mjs.)
// node --expose-gc bench.mjs make FILE ROWS COLUMNS   writes the V1 update of a nested table made by one client
// node --expose-gc bench.mjs load FILE RUNS WARMUPS   {"ms": [...]}: apply it to a new document
// node --expose-gc bench.mjs memory FILE              {"bytes": n}: what the loaded document keeps on the heap
// node --expose-gc bench.mjs remote FILE COUNT RUNS WARMUPS {"us": [...]}: one-cell updates of another peer under a deep observer
// node --expose-gc bench.mjs encode FILE VERSION RUNS WARMUPS {"ms": [...]}: the whole document as an update
// node --expose-gc bench.mjs history FILE ROWS COLUMNS WRITES writes the update of a table whose cells were overwritten
// node --expose-gc bench.mjs merge COUNT RUNS WARMUPS {"ms": [...]}: merge so many updates of one cell each
// node --expose-gc bench.mjs clients FILE CLIENTS ITEMS writes the update of a map made by many clients
// node --expose-gc bench.mjs ywasm FILE RUNS WARMUPS  {"load": [...], "v1": [...], "v2": [...], "bytes": n}: the same by ywasm, in ms
// node --expose-gc bench.mjs edit FILE COUNT RUNS WARMUPS   {"us": [...]}: one-cell transactions, each with its update bytes
import fs from 'node:fs'
import { createRequire } from 'node:module'
import * as Y from 'yjs'

const tableOf = doc => doc.getMap('tinybase').get('t').get('table')

const make = (file, rows, columns) => {
  const doc = new Y.Doc()
  doc.clientID = 1
  doc.transact(() => {
    const root = doc.getMap('tinybase')
    const tables = root.set('t', new Y.Map())
    root.set('v', new Y.Map())
    const table = tables.set('table', new Y.Map())
    for (let r = 0; r < rows; r++) {
      const row = table.set(`r${r}`, new Y.Map())
      for (let c = 0; c < columns; c++) {
        row.set(`c${c}`, (r * columns + c) % 100000)
      }
    }
  })
  fs.writeFileSync(file, Y.encodeStateAsUpdate(doc))
}

const loaded = bytes => {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, bytes)
  return doc
}

const timed = (runs, warmups, work) => {
  const ms = []
  for (let i = 0; i < warmups + runs; i++) {
    globalThis.gc?.()
    const start = performance.now()
    work()
    const end = performance.now()
    if (i >= warmups) ms.push(end - start)
  }
  return ms
}

// One cell of a table of 1,000 rows and 10 columns at a time, by one client.
const smallUpdates = count => {
  const doc = new Y.Doc()
  doc.clientID = 1
  const updates = []
  doc.on('update', update => updates.push(update))
  for (let i = 0; i < count; i++) doc.getMap('m').set(`r${(i * 7919) % 1000}/c${i % 10}`, i)
  return updates
}

const [, , what, file, ...rest] = process.argv
const numbers = rest.map(Number)
const answer = value => console.log(JSON.stringify({ ...value, yjs: JSON.parse(fs.readFileSync(new URL('./node_modules/yjs/package.json', import.meta.url))).version, node: process.versions.node }))

switch (what) {
  case 'make':
    make(file, numbers[0], numbers[1])
    answer({ bytes: fs.statSync(file).size })
    break
  case 'load': {
    const bytes = fs.readFileSync(file)
    answer({ ms: timed(numbers[0], numbers[1], () => loaded(bytes)) })
    break
  }
  case 'memory': {
    let bytes = fs.readFileSync(file)
    globalThis.gc()
    const before = process.memoryUsage().heapUsed
    const doc = loaded(bytes)
    bytes = null
    globalThis.gc()
    globalThis.gc()
    answer({ bytes: process.memoryUsage().heapUsed - before, roots: doc.share.size })
    break
  }
  case 'ywasm': {
    const [runs, warmups] = numbers
    const W = createRequire(import.meta.url)('ywasm')
    const bytes = fs.readFileSync(file)
    const load = () => {
      const doc = new W.YDoc({})
      W.applyUpdate(doc, bytes)
      return doc
    }
    // Its memory never shrinks, and the update is copied into it while it loads.
    const before = W.__wasm.memory.buffer.byteLength
    const doc = load()
    const kept = W.__wasm.memory.buffer.byteLength - before - bytes.length
    const v1 = timed(runs, warmups, () => W.encodeStateAsUpdate(doc))
    const v2 = timed(runs, warmups, () => W.encodeStateAsUpdateV2(doc))
    doc.free()
    answer({ load: timed(runs, warmups, () => load().free()), v1, v2, bytes: kept })
    break
  }
  case 'edit': {
    const [count, runs, warmups] = numbers
    const doc = loaded(fs.readFileSync(file))
    doc.clientID = 2
    let emitted = 0
    doc.on('update', update => { emitted += update.length })
    const table = tableOf(doc)
    const rows = [...table.keys()]
    let value = 0
    const ms = timed(runs, warmups, () => {
      for (let i = 0; i < count; i++) {
        value++
        // A stride that is prime to the number of rows, so that no row is the one before.
        table.get(rows[(value * 7919) % rows.length]).set(`c${value % 5}`, value)
      }
    })
    answer({ us: ms.map(m => m * 1000 / count), updateBytes: emitted / (count * (runs + warmups)) })
    break
  }
  case 'remote': {
    const [count, runs, warmups] = numbers
    const bytes = fs.readFileSync(file)
    const doc = loaded(bytes)
    const peer = loaded(bytes)
    peer.clientID = 3
    let events = 0
    doc.getMap('tinybase').observeDeep(list => { events += list.length })
    const updates = []
    peer.on('update', update => updates.push(update))
    const table = tableOf(peer)
    const rows = [...table.keys()]
    for (let value = 1; value <= count * (runs + warmups); value++) table.get(rows[(value * 7919) % rows.length]).set(`c${value % 5}`, value)
    let next = 0
    const ms = timed(runs, warmups, () => {
      for (let i = 0; i < count; i++) Y.applyUpdate(doc, updates[next++], 'remote')
    })
    answer({ us: ms.map(m => m * 1000 / count), events })
    break
  }
  case 'encode': {
    const [version, runs, warmups] = numbers
    const doc = loaded(fs.readFileSync(file))
    answer({ ms: timed(runs, warmups, () => (version === 2 ? Y.encodeStateAsUpdateV2 : Y.encodeStateAsUpdate)(doc)) })
    break
  }
  case 'history': {
    const [rows, columns, writes] = numbers
    make(file, rows, columns)
    const doc = loaded(fs.readFileSync(file))
    doc.clientID = 2
    const table = tableOf(doc)
    for (let i = 0; i < writes; i++) table.get(`r${(i * 7919) % rows}`).set(`c${(i * 31) % columns}`, i)
    fs.writeFileSync(file, Y.encodeStateAsUpdate(doc))
    answer({ bytes: fs.statSync(file).size })
    break
  }
  case 'merge': {
    const [runs, warmups] = numbers
    const updates = smallUpdates(Number(file))
    answer({ ms: timed(runs, warmups, () => Y.mergeUpdates(updates)) })
    break
  }
  case 'clients': {
    const [clients, items] = numbers
    const updates = []
    for (let client = 1; client <= clients; client++) {
      const doc = new Y.Doc()
      doc.clientID = client * 400_000
      doc.transact(() => { for (let i = 0; i < items; i++) doc.getMap('m').set(`${client}/${i}`, i) })
      updates.push(Y.encodeStateAsUpdate(doc))
    }
    fs.writeFileSync(file, Y.mergeUpdates(updates))
    answer({ bytes: fs.statSync(file).size })
    break
  }
  default:
    console.error('usage: bench.mjs make|load|memory|ywasm|edit|remote|encode|history|merge|clients FILE …')
    process.exit(2)
}
