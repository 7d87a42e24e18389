// The browser's part of tests/TinyStore.Benchmarks: the same update loaded by ours and by the real yjs, in one page.
// The address says how often (?runs=5&warmups=3); the answer is posted to /figures.
import * as Y from 'yjs'
import { dotnet } from './_framework/dotnet.js'

const measure = async () => {
  const parameters = new URLSearchParams(location.search)
  const [runs, warmups] = ['runs', 'warmups'].map(name => Number(parameters.get(name)))
  const update = new Uint8Array(await (await fetch('/update')).arrayBuffer())
  const { getAssemblyExports, getConfig } = await dotnet.create()
  const { Work } = await getAssemblyExports(getConfig().mainAssemblyName)
  Work.Keep(update)

  const yjs = () => {
    globalThis.gc?.()
    const start = performance.now()
    Y.applyUpdate(new Y.Doc(), update)
    return performance.now() - start
  }

  // The very first run of each, then the warm-ups, then what counts.
  const timed = async work => {
    const first = await work()
    const ms = []
    for (let i = 0; i < warmups + runs; i++) ms.push(await work())
    return { first, ms: ms.slice(warmups) }
  }

  return {
    ours: await timed(() => Work.Load()),
    peer: await timed(yjs),
    store: await timed(() => Work.LoadStoreAsync())
  }
}

const answer = await measure().catch(error => ({ error: String(error.stack ?? error) }))
await fetch('/figures', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) })
