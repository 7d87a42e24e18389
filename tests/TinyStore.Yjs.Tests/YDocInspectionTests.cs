using System.Diagnostics;
using System.Reflection;

namespace TinyStore.Yjs.Tests;

public sealed class YDocInspectionTests
{
    [Fact]
    public void Inspect_CountsClientsStructsTombstonesAndMemory()
    {
        using var doc = new YDoc(new YDocOptions { ClientId = 2 });
        var map = doc.GetMap("m");
        doc.Transact(_ =>
        {
            map["a"] = 1;
            map["b"] = 2;
            map["a"] = 3; // one tombstone
            map.SetMap("n")["x"] = "text";
        });
        map.Delete("n"); // one tombstone, and its entry is collected

        var inspection = doc.Inspect();
        var client = Assert.Single(inspection.Clients);
        Assert.Equal(new YClientInspection(2, 5, 5, 2, 1), client);
        Assert.Equal((5, 2, 1), (inspection.Structs, inspection.Tombstones, inspection.Collected));
        Assert.Equal(doc.Store.Bytes, inspection.MemoryBytes);
        Assert.Equal(0, inspection.PendingStructBytes + inspection.PendingDeleteBytes);
        Assert.Empty(inspection.Missing);
        Assert.Contains("Nothing waits", inspection.ToString(), StringComparison.Ordinal);
        Assert.Matches("""2 +5 +5 +2 +2 +1""", inspection.ToString());
        Assert.Matches("""memory +[\d.,]+ k?B""", inspection.ToString());
    }

    [Fact]
    public void Inspect_ShowsWhatWaits()
    {
        using var writer = new YDoc(new YDocOptions { ClientId = 7 });
        List<byte[]> updates = [];
        writer.ObserveUpdates(e => updates.Add(e.Update.ToArray()));
        writer.GetMap("m")["a"] = 1;
        writer.GetMap("m")["a"] = 2;

        using var doc = new YDoc();
        doc.ApplyUpdate(updates[1]);
        var inspection = doc.Inspect();
        Assert.True(inspection.PendingStructBytes > 0);
        Assert.True(inspection.PendingDeleteBytes > 0);
        Assert.Equal([new KeyValuePair<ulong, uint>(7, 0)], inspection.Missing);
        Assert.Contains("missing from client 7: clock 0", inspection.ToString(), StringComparison.Ordinal);
        Assert.Empty(inspection.Clients);
    }

    [Fact]
    public void Inspect_OfTenThousandClients_NamesEach()
    {
        using var doc = new YDoc();
        for (ulong client = 1; client <= 10_000; client++)
        {
            doc.ClientId = client;
            doc.GetMap("m")["k"] = client;
        }

        var inspection = doc.Inspect();
        Assert.Equal(10_000, inspection.Clients.Count);
        Assert.Equal(9_999, inspection.Tombstones);
        Assert.Equal(10_000UL, inspection.Clients[0].Client);
    }

    /// <summary>Debuggers look at any time, from any thread: at dead handles, disposed documents, and inside of transactions.</summary>
    [Fact]
    public async Task DebuggerTexts_AreShort_AndNeverThrow()
    {
        var doc = new YDoc();
        var map = doc.GetMap("m");
        map["long"] = new string('x', 100_000);
        map["object"] = YValue.FromJson($"[{string.Join(',', Enumerable.Range(0, 10_000))}]");
        map["bytes"] = YValue.FromBinary(new byte[10_000]);
        var nested = map.SetMap("n");
        map.TryGetLastItem("n", out var item);
        object[] all = [doc, map, nested, item, map["long"], map["object"], map["bytes"], map["n"], doc.GetText("t"), doc.GetXmlFragment("x"), YValue.Null, YValue.Undefined, YValue.FromBigInt(1)];
        Assert.All(all, Look);
        Assert.Equal("\"" + new string('x', 60) + "\"… (100000 characters)", TextOf(map["long"]));
        Assert.Equal("array of 10000", TextOf(map["object"]));
        Assert.Equal("YMap, 4 keys, length 0", TextOf(map));

        await doc.Transact(_ => Task.Run(() => Assert.All(all, Look)));
        map.Delete("n");
        Assert.Equal("YMap, collected", TextOf(nested));
        Assert.All(all, Look);
        doc.Dispose();
        Assert.All(all, Look);
    }

    private static void Look(object thing) => Assert.InRange(TextOf(thing).Length, 1, 100);

    /// <summary>What the attribute names: a property of the type or of a base.</summary>
    private static string TextOf(object thing)
    {
        Assert.Contains("{DebuggerText,nq}", thing.GetType().GetCustomAttribute<DebuggerDisplayAttribute>()!.Value, StringComparison.Ordinal);
        for (var type = thing.GetType(); ; type = type.BaseType!)
        {
            if (type.GetProperty("DebuggerText", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is { } property)
            {
                return (string)property.GetValue(thing)!;
            }
        }
    }
}
