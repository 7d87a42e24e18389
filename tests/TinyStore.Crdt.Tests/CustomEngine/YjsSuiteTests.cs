using TinyStore.TestKit.Crdt;

namespace TinyStore.Crdt.Tests.CustomEngine;

/// <summary><see cref="YjsPersister"/> in the suite: a class for each layout, which says how a document is read past the persister.</summary>
public sealed class YjsNestedSuiteTests : CrdtPersisterSuite
{
    protected override ICrdtAdapter Adapter { get; } = new YjsAdapter(options => options.Layout = DocLayout.Nested, NestedLayout.Read);
}
