using TinyStore.TestKit.Crdt;

namespace TinyStore.Crdt.Tests.CustomEngine;

public sealed class YjsNestedSuiteTests : CrdtPersisterSuite
{
    protected override ICrdtAdapter Adapter { get; } = new YjsAdapter();
}
