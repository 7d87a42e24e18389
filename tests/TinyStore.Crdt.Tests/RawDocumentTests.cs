using CsCheck;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>
/// Others write the document as they like, several things in one transaction, here and elsewhere; the app's listeners write too.
/// When all is over the store equals the document, and a persister that starts on it reads the same.
/// </summary>
public sealed class RawDocumentTests
{
    private sealed record Step(int Kind, int Table, int Row, int Cell, int Value)
    {
        public string T => "t" + Table;

        public string R => "r" + Row;

        public string C => "c" + Cell;
    }

    private static readonly Gen<Step> AnyStep =
        Gen.Select(Gen.Int[0, 19], Gen.Int[0, 1], Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 9]).Select(s => new Step(s.Item1, s.Item2, s.Item3, s.Item4, s.Item5));

    private static readonly Gen<(int Where, Step[] Steps)> AnyTransaction = Gen.Select(Gen.Int[0, 9], AnyStep.Array[1, 6]);

    private static readonly Gen<((int Where, Step[] Steps)[] Program, int Listeners, Step[] Mutator, int Gc)> Programs =
        Gen.Select(AnyTransaction.Array[1, 14], Gen.Int[0, 7], AnyStep.Array[1, 3], Gen.Int[0, 1]);

    [Fact]
    public void AnyTransactions_StoreEqualsItsDocument()
    {
        var equal = 0;
        Programs.Sample(
            p =>
            {
                using var peer = new Peer(new YDoc(new YDocOptions { ClientId = 5, Gc = p.Gc == 0 }));
                using var remote = new YDoc(new YDocOptions { ClientId = 900 });
                peer.Start();
                var budget = 0;
                var mayWait = p.Program.SelectMany(t => t.Steps).Concat(p.Mutator).Any(s => s is { Kind: 15, Value: < 5 });
                if (p.Listeners == 1 || p.Listeners == 3)
                {
                    peer.Store.AddRowListener(null, null, _ => InStore(peer.Store, p.Mutator[0]), ListenerKind.Mutator);
                }
                if (p.Listeners == 2)
                {
                    peer.Store.AddWillFinishTransactionListener(_ => InStore(peer.Store, p.Mutator[0]));
                }
                if (p.Listeners == 3)
                {
                    peer.Store.SetTablesSchema(TablesSchema.FromJson("""{"t0":{"c0":{"type":"number","default":7},"c1":{"type":"string"}},"t1":{"c0":{"type":"number"},"c1":{"type":"number"},"c2":{"type":"boolean","default":true}}}"""));
                }
                if (p.Listeners == 4)
                {
                    peer.Store.AddStartTransactionListener(_ => InStore(peer.Store, p.Mutator[0]));
                }
                if (p.Listeners == 5)
                {
                    peer.Store.AddTablesListener(_ =>
                    {
                        if (budget-- > 0)
                        {
                            peer.Doc.Transact(_ => Array.ForEach(p.Mutator, s => InDocument(peer.Doc, s)));
                        }
                    });
                }
                if (p.Listeners == 6)
                {
                    peer.Store.AddStartTransactionListener(_ =>
                    {
                        if (budget-- > 0)
                        {
                            peer.Doc.Transact(_ => Array.ForEach(p.Mutator, s => InDocument(peer.Doc, s)));
                        }
                    });
                }
                using var observing = peer.Doc.ObserveUpdates(_ =>
                {
                    if (p.Listeners == 7 && budget-- > 0)
                    {
                        InStore(peer.Store, p.Mutator[0]);
                    }
                });
                foreach (var (where, steps) in p.Program)
                {
                    budget = 1;
                    switch (where)
                    {
                        case 0 or 1 or 2:
                            peer.Store.Transaction(() => Array.ForEach(steps, s => InStore(peer.Store, s)));
                            break;
                        case 3 or 4 or 5:
                            peer.Doc.Transact(_ => Array.ForEach(steps, s => InDocument(peer.Doc, s)));
                            break;
                        case 6:
                            peer.Doc.Transact(_ => Array.ForEach(steps, s =>
                            {
                                if (s.Value % 2 == 0)
                                {
                                    InStore(peer.Store, s);
                                }
                                else
                                {
                                    InDocument(peer.Doc, s);
                                }
                            }));
                            break;
                        case 7:
                            remote.Transact(_ => Array.ForEach(steps, s => InDocument(remote, s)));
                            break;
                        case 8:
                            remote.ApplyUpdate(peer.Doc.EncodeStateAsUpdate(remote.EncodeStateVector()));
                            remote.Transact(_ => Array.ForEach(steps, s => InDocument(remote, s)));
                            break;
                        default:
                            peer.Apply(remote.EncodeStateAsUpdate(peer.Doc.EncodeStateVector()));
                            break;
                    }
                    foreach (var error in peer.Errors)
                    {
                        Assert.True(error.Exception is ForeignContentException, error.Exception.ToString());
                    }
                    Assert.True(mayWait || !peer.Persister.IsDirty);
                    // A schema refuses some of it: then the document keeps that.
                    if (p.Listeners != 3 && !peer.Persister.IsDirty)
                    {
                        Assert.Equal(peer.DocContent, Content.Of(peer.Store));
                        equal++;
                    }
                }
                if (p.Listeners is 0 or 5 or 7)
                {
                    using var fresh = new Peer(new YDoc(new YDocOptions { ClientId = 6 }));
                    fresh.Apply(peer.Doc.EncodeStateAsUpdate());
                    fresh.Start();
                    Assert.Equal(fresh.DocContent, Content.Of(fresh.Store));
                    if (!peer.Persister.IsDirty)
                    {
                        Assert.Equal(peer.DocContent, fresh.DocContent);
                    }
                }
            },
            iter: 1500,
            threads: 1);
        Assert.True(equal > 1500, $"{equal} times equal");
    }

    private static void InStore(Store store, Step s)
    {
        switch (s.Kind)
        {
            case 0: store.DeleteRow(s.T, s.R); break;
            case 1: store.DeleteTable(s.T); break;
            case 2: store.DeleteTables(); break;
            case 3 or 4: store.DeleteCell(s.T, s.R, s.C); break;
            case 5: store.SetTable(s.T, new Table { [s.R] = new Row { [s.C] = s.Value } }); break;
            case 6: store.SetRow(s.T, s.R, new Row { [s.C] = s.Value }); break;
            case 7: store.DeleteTable(s.T).SetCell(s.T, s.R, s.C, s.Value); break;
            case 8: store.SetValue(s.C, s.Value); break;
            case 9: store.DeleteValue(s.C); break;
            default: store.SetCell(s.T, s.R, s.C, s.Value); break;
        }
    }

    private static YMap Map(YMap around, string key) => around.TryGetMap(key, out var map) ? map : around.SetMap(key);

    private static void InDocument(YDoc doc, Step s)
    {
        var root = doc.GetMap("tinybase");
        var tables = Map(root, "t");
        switch (s.Kind)
        {
            case 0: Map(tables, s.T).Delete(s.R); break;
            case 1: tables.Delete(s.T); break;
            case 2: root.Delete("t"); break;
            case 3: root.SetMap("t").SetMap(s.T).SetMap(s.R).Set(s.C, s.Value); break;
            case 4: tables.SetMap(s.T); break;
            case 5: tables.SetMap(s.T).SetMap(s.R).Set(s.C, s.Value); break;
            case 6: Map(tables, s.T).SetMap(s.R); break;
            case 7: Map(tables, s.T).SetMap(s.R).Set(s.C, s.Value); break;
            case 8: Map(root, "v").Set(s.C, s.Value); break;
            case 9: Map(root, "v").Delete(s.C); break;
            case 10: root.SetMap("v").Set(s.C, s.Value); break;
            case 11 or 12: Map(Map(tables, s.T), s.R).Delete(s.C); break;
            case 13: Map(Map(tables, s.T), s.R).Set(s.C, s.Value switch { 0 => double.NaN, 1 => YValue.FromBigInt(1), 2 => YValue.FromBinary([1]), 3 => "\uFFFC", 4 => "\uFFFDx", 5 => YValue.Undefined, _ => "\uFFFD[1]" }); break;
            case 14: Map(Map(tables, s.T), s.R).SetMap(s.C).Set("in", 1); break;
            case 15 when s.Value < 3: Map(tables, s.T).Set(s.R, "foreign"); break;
            case 15 when s.Value < 5: tables.Set(s.T, "foreign"); break;
            default: Map(Map(tables, s.T), s.R).Set(s.C, s.Value); break;
        }
    }
}
