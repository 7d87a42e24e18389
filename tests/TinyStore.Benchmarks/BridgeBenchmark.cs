using System.Globalization;

namespace TinyStore.Benchmarks;

/// <summary>
/// The bridge next to TinyBase with its Yjs persister, at three sizes of the mixed table. Both sides read the same update, which yjs
/// made. Ours loads and saves at once; TinyBase is measured with auto-save or auto-load alone, for with both it loses writes.
/// </summary>
internal sealed class BridgeBenchmark(Figures figures, string script, string folder)
{
    private const int Changes = 10_000;
    private const int NewRows = 1_000;

    // One new row costs TinyBase a look at the whole store.
    private const int PeersNewRows = 10;

    private int _rows;
    private string _file = "";
    private byte[] _update = [];

    /// <summary>All rows of the table at one size.</summary>
    public void Run(int rows)
    {
        // Documents made in a context are used in it without a detour over the thread pool, as in an app with a main thread.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        try
        {
            RunHere(rows);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void RunHere(int rows)
    {
        _rows = rows;
        _file = Path.Combine(folder, $"mixed-{rows}.bin");
        NodeBench.Run(script, "make", _file, rows);
        _update = File.ReadAllBytes(_file);
        Load();
        Saves();
        Loads();
        FirstSave();
        NewRow();
        Memory();
    }

    // TinyBase needs seconds for each run at the largest size.
    private (int Runs, int WarmUps) PeerRuns => _rows >= 100_000 ? (3, 1) : (Timing.Runs, Timing.WarmUps);

    private string Size => $"{_rows.ToString("#,0", CultureInfo.InvariantCulture)} rows";

    private void Load()
    {
        var ours = Loaded(_update);
        figures.Add(new Figure($"W1 update → document → store, {Size}", "ms", ours, Peer("load", _file), "≥ 15 ×"));

        var json = MixedTable.Json(_rows);
        var floor = Timing.Median(Timing.Run(() => Require(MixedTable.ReadIntoDictionaries(json).Count == _rows)));
        figures.Add(new Figure($"the floor of W1: the same rows from JSON into dictionaries, {Size}", "ms", floor));
        figures.Add(new Figure($"W1 as a multiple of that floor, {Size}", "×", ours / floor, Goal: "≤ 3"));

        // There each row is the only item of a client.
        var made = Path.Combine(folder, $"mixed-{_rows}-dotnet.bin");
        File.WriteAllBytes(made, MadeHere());
        figures.Add(new Figure($"W1 of a document that .NET made, {Size}", "ms", Loaded(File.ReadAllBytes(made)), Peer("load", made)));
    }

    private double Loaded(byte[] update) => Median(
        () => BridgePeer.Loaded(update),
        peer => Require(peer.Store.GetRowCount(MixedTable.Id) == _rows));

    private byte[] MadeHere()
    {
        using var peer = new BridgePeer(2, null, new Store().SetTables(MixedTable.Tables(_rows)));
        peer.Save();
        return peer.Doc.EncodeStateAsUpdate();
    }

    private void Saves()
    {
        using var peer = BridgePeer.Loaded(_update).Started();
        var rows = peer.Store.GetRowIds(MixedTable.Id);
        var value = 100;
        var ms = Timing.Median(Timing.Run(() =>
        {
            for (var i = 0; i < Changes; i++)
            {
                value++;
                peer.Store.SetCell(MixedTable.Id, RowAt(rows, value), "age", value);
            }
        }));
        Require(peer.Table[RowAt(rows, value)].AsMap!["age"] == value);
        figures.Add(new Figure($"W2 10,000 one-cell transactions saved, {Size}", "ms", ms, Peer("saves", _file, Changes), "≥ 15 ×"));
    }

    private void Loads()
    {
        using var peer = BridgePeer.Loaded(_update).Started();
        using var other = BridgePeer.Loaded(_update, clientId: 3);
        List<byte[]> updates = [];
        using var observing = other.Doc.ObserveUpdates(e => updates.Add(e.Update.ToArray()));
        var rows = peer.Store.GetRowIds(MixedTable.Id);
        var table = other.Table;
        var value = 100;
        var ms = Timing.Median(Timing.Run(
            prepare: () =>
            {
                updates.Clear();
                for (var i = 0; i < Changes; i++)
                {
                    value++;
                    table[RowAt(rows, value)].AsMap!.Set("age", value);
                }
            },
            work: () =>
            {
                foreach (var update in updates)
                {
                    peer.Doc.ApplyUpdate(update, "network");
                }
            }));
        Require(updates.Count == Changes && peer.Store.GetCell(MixedTable.Id, RowAt(rows, value), "age") == value);
        figures.Add(new Figure($"W3 10,000 one-cell updates loaded, {Size}", "ms", ms, Peer("loads", _file, Changes), "≥ 15 ×"));
    }

    private void FirstSave()
    {
        var store = new Store().SetTables(MixedTable.Tables(_rows));
        var ms = Median(
            () =>
            {
                var peer = new BridgePeer(2, null, store);
                peer.Save();
                return peer;
            },
            peer => Require(peer.Table.ContainsKey("r0")));
        figures.Add(new Figure($"W4 first save of the whole store, {Size}", "ms", ms, Peer("first-save", _rows), "≥ 5 ×"));
    }

    private void NewRow()
    {
        using var peer = BridgePeer.Loaded(_update).Started();
        var next = _rows;
        List<Row> rows = [];
        var ms = Timing.Median(Timing.Run(
            prepare: () => rows = [.. Enumerable.Range(next, NewRows).Select(MixedTable.Row)],
            work: () =>
            {
                foreach (var row in rows)
                {
                    peer.Store.SetRow(MixedTable.Id, MixedTable.RowId(next++), row);
                }
            }));
        Require(peer.Table.ContainsKey(MixedTable.RowId(next - 1)));
        var theirs = Peer("rows", _file, PeersNewRows) * 1000 / PeersNewRows;
        figures.Add(new Figure($"one new row, at {Size}", "µs", ms * 1000 / NewRows, theirs, "≤ 20 µs"));
    }

    private void Memory()
    {
        var cells = (double)_rows * MixedTable.Columns;
        var ours = Timing.Retained(() => BridgePeer.Loaded(_update)) / cells;
        var theirs = NodeBench.Run(script, "memory", _file).GetProperty("bytes").GetDouble() / cells;
        figures.Add(new Figure($"memory of store and document, {Size}", "B a cell", ours, theirs, "≤ 130 B"));
    }

    // Measures making a peer; checking it and letting go of it is not measured, as on the other side.
    private static double Median(Func<BridgePeer> make, Action<BridgePeer> check)
    {
        BridgePeer? made = null;
        void Drop()
        {
            if (made is not null)
            {
                check(made);
                made.Dispose();
            }
        }
        var ms = Timing.Median(Timing.Run(prepare: Drop, work: () => made = make()));
        Drop();
        return ms;
    }

    private double Peer(string work, params object[] arguments) =>
        NodeBench.Median(NodeBench.Run(script, [work, .. arguments, PeerRuns.Runs, PeerRuns.WarmUps]), "ms");

    // A stride that is prime to the number of rows, so that no row is the one before.
    private static string RowAt(IReadOnlyList<string> rows, int value) => rows[(int)(value * 7919L % rows.Count)];

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("The work was not done: the measurement is void.");
        }
    }
}
