using TinyStore.TestKit.Crdt;

namespace TinyStore.Crdt.Tests.CustomEngine;

/// <summary><see cref="YjsPersister"/> in the suite: a class for each layout, which says how a document is read past the persister.</summary>
public abstract class YjsSuiteTests(DocLayout layout) : CrdtPersisterSuite
{
    protected override ICrdtAdapter Adapter { get; } = new YjsAdapter(options => options.Layout = layout, doc => Content.CellsOf(doc, layout));
}

public sealed class YjsNestedSuiteTests() : YjsSuiteTests(DocLayout.Nested);

public sealed class YjsFlatSuiteTests() : YjsSuiteTests(DocLayout.Flat);
