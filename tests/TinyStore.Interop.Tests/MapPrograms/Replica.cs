using System.Text.Json.Nodes;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests.MapPrograms;

/// <summary>
/// One replica, twice: our document and a yjs document that go through the same updates in the same order and grouping, and
/// whose bytes must therefore be the same all the time. A replica writes on both; on a foreign one a third document, of yjs,
/// writes, and both receive.
/// </summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly YDoc _ours;
    private readonly JavaScriptDoc _theirs;
    private readonly JavaScriptDoc? _writer;
    private readonly ulong _client;
    private readonly List<Task> _checks;
    private bool _writesV2;
    private bool _receivesV2;

    private Replica(YDoc ours, JavaScriptDoc theirs, JavaScriptDoc? writer, ulong client, List<Task> checks)
    {
        _ours = ours;
        _theirs = theirs;
        _writer = writer;
        _client = client;
        _checks = checks;
    }

    public List<byte[]> Inbox { get; } = [];

    public bool HasPending => _ours.HasPending;

    public static async Task<Replica> CreateAsync(JsonLineProcess oracle, ulong client, bool foreign, bool gc, List<Task> checks)
    {
        // A reader's own id is never seen by anybody.
        ulong? own = foreign ? null : client;
        var ours = new YDoc(new YDocOptions { ClientId = own, Gc = gc });
        var theirs = await JavaScriptDoc.CreateAsync(oracle, own, gc);
        var writer = foreign ? await JavaScriptDoc.CreateAsync(oracle, client, gc) : null;
        return new Replica(ours, theirs, writer, client, checks);
    }

    public uint[] Clocks(ulong[] clients) => [.. clients.Select(client => _ours.GetClock(client))];

    /// <returns>The update, or null where nothing changed; and the keys that were set.</returns>
    public async Task<(byte[]? Update, List<(string Path, bool IsMap)> Sets)> WriteAsync(Write[] writes)
    {
        if (_writer is null)
        {
            List<byte[]> updates = [];
            List<byte[]> updatesV2 = [];
            using var observing = _ours.ObserveUpdatesV2(e => updatesV2.Add(e.Update.ToArray()));
            var (operations, sets) = Writer.Run(_ours, writes, updates);
            Assert.True(updates.Count <= 1, "One transaction emitted more than one update.");
            var update = updates.SingleOrDefault();
            Check(_writesV2
                ? Expect(_theirs.ExecuteAsync(operations, 2), updatesV2.SingleOrDefault(), "V2 update of a transaction")
                : Expect(_theirs.ExecuteAsync(operations), update, "update of a transaction"));
            _writesV2 = !_writesV2;
            CheckState();
            return (update, sets);
        }
        else
        {
            using var scratch = new YDoc();
            scratch.ApplyUpdate(_ours.EncodeStateAsUpdate());
            var (operations, sets) = Writer.Run(scratch, writes);
            var update = await _writer.ExecuteAsync(operations);
            if (update is not null)
            {
                ApplyToBoth(update);
            }

            return (update, sets);
        }
    }

    public void Apply(byte[] update)
    {
        if (_writer is not null)
        {
            Check(_writer.ApplyAsync(update));
        }

        ApplyToBoth(update);
    }

    public byte[] StateVector()
    {
        var stateVector = _ours.EncodeStateVector();
        Check(Expect(_theirs.StateVectorAsync()!, stateVector, "state vector"));
        return stateVector;
    }

    public byte[] Encode(byte[]? stateVector)
    {
        var update = stateVector is null ? _ours.EncodeStateAsUpdate() : _ours.EncodeStateAsUpdate(stateVector);
        Check(Expect(_theirs.EncodeAsync(stateVector)!, update, "encoded state"));
        Check(Expect(_theirs.EncodeAsync(stateVector, 2)!, stateVector is null ? _ours.EncodeStateAsUpdateV2() : _ours.EncodeStateAsUpdateV2(stateVector), "state encoded in V2"));
        return update;
    }

    /// <summary>Everything that can be seen of this replica must be what yjs shows.</summary>
    public async Task<JsonNode> ContentAsync()
    {
        var content = new JsonObject();
        foreach (var root in MapProgram.Roots)
        {
            var json = JsonNode.Parse(_ours.GetMap(root).ToJson());
            Convergence.AssertEqual(($"yjs {_client}", await _theirs.JsonAsync(root)), ($"ours {_client}", json));
            if (_writer is not null)
            {
                Convergence.AssertEqual(($"yjs {_client}, the writer", await _writer.JsonAsync(root)), ($"ours {_client}", json));
            }

            content[root] = json;
        }

        var snapshot = _ours.EncodeSnapshot();
        Convergence.AssertEqualBytes(await _theirs.SnapshotAsync(), snapshot, $"snapshot of {_client}");
        var snapshotV2 = _ours.EncodeSnapshotV2();
        Convergence.AssertEqualBytes(await _theirs.SnapshotAsync(2), snapshotV2, $"snapshot of {_client} in V2");
        Assert.Equal(YSnapshot.Decode(snapshot), YSnapshot.DecodeV2(snapshotV2));
        return content;
    }

    public Task<(int Items, int Deleted, int Collected)> StructsAsync() => _theirs.StructsAsync();

    public async ValueTask DisposeAsync()
    {
        _ours.Dispose();
        await _theirs.FreeAsync();
        if (_writer is not null)
        {
            await _writer.FreeAsync();
        }
    }

    private void ApplyToBoth(byte[] update)
    {
        if (_receivesV2)
        {
            var v2 = YUpdate.ConvertV1ToV2(update);
            _ours.ApplyUpdateV2(v2);
            Check(ExpectPending(_theirs.ApplyAsync(v2, 2), _ours.HasPending));
        }
        else
        {
            _ours.ApplyUpdate(update);
            Check(ExpectPending(_theirs.ApplyAsync(update), _ours.HasPending));
        }

        _receivesV2 = !_receivesV2;
        CheckState();
    }

    /// <summary>The formats take turns, so that each meets what the other left: pending structs and held contents.</summary>
    private void CheckState() => Check(_receivesV2
        ? Expect(_theirs.EncodeAsync(null, 2)!, _ours.EncodeStateAsUpdateV2(), "state in V2")
        : Expect(_theirs.EncodeAsync()!, _ours.EncodeStateAsUpdate(), "state"));

    private void Check(Task check) => _checks.Add(check);

    private async Task Expect(Task<byte[]?> theirs, byte[]? ours, string what)
    {
        var number = _checks.Count;
        var expected = await theirs;
        if (expected is null || ours is null)
        {
            Assert.True(expected is null && ours is null, $"{what} of {_client}, check {number}: yjs {(expected is null ? "has none" : "has one")}, ours is the other way round");
            return;
        }

        Convergence.AssertEqualBytes(expected, ours, $"{what} of {_client}, check {number}");
    }

    private async Task ExpectPending(Task<bool> theirs, bool ours) =>
        Assert.True(await theirs == ours, $"Whether {_client} waits for something: yjs says {!ours}, ours {ours}");
}
