using System.Text.Json.Nodes;
using TinyStore.Interop.Tests.TinyBase;
using TinyStore.TestKit.Crdt;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests.Mix;

/// <summary>
/// The real TinyBase and yjs as a peer of a random program, in the oracle. Each request is settled before the next. A document of
/// ours gets the same updates as the real one: it says what each transaction of the real one did, and what waits.
/// </summary>
internal sealed class JavaScriptPeer : WorldPeer
{
    private static long _lastName;

    private readonly JsonLineProcess _oracle;
    private YDoc _shadow = null!;
    private string _name = "";
    private bool _isStarted;

    public JavaScriptPeer(CrdtWorld world, JsonLineProcess oracle, ulong clientId)
        : base(world)
    {
        _oracle = oracle;
        Open(clientId, null);
    }

    public override bool IsForeign => true;

    public override bool IsWaiting => _shadow.HasPending;

    public override SortedDictionary<string, CellValue> ReadDocument() => FlatContent.Of(NestedContent.Read(_shadow));

    public override void Write(in ProgramStep step)
    {
        if (!_isStarted || step.Kind == StepKind.RolledBack)
        {
            return;
        }
        var calls = StoreCall.Of(step, World.NextValue).Select(Call).ToArray();
        if (step.Kind == StepKind.Burst)
        {
            foreach (var call in calls)
            {
                Ask("store.exec", new() { ["ops"] = new JsonArray(call) });
            }
        }
        else
        {
            Ask("store.exec", new() { ["ops"] = new JsonArray([.. calls]) });
        }
    }

    public override void StartOrStop(StepKind kind) => FinishStart();

    public override void FinishStart()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            Ask("persist.start");
        }
    }

    public override void Restart()
    {
        var saved = Encode();
        Dispose();
        Open(_shadow.ClientId + 1, saved);
        if (_isStarted)
        {
            _isStarted = false;
            FinishStart();
        }
    }

    public override void CheckAtTheEnd(string document)
    {
        var held = Flat(Layout.Visible(Call("doc.json", new() { ["root"] = "tinybase", ["type"] = "map" })));
        Assert.True(held == document, $"peer {Index}, JavaScript: its document differs\n{held}--- others:\n{document}");
        // The reference's own faults: see docs/javascript-peers.md.
        World.Tally.Add("JavaScript stores");
        World.Tally.Add("JavaScript stores that differ from their own document", Flat(Call("store.content")!) == held ? 0 : 1);
    }

    public override void Dispose()
    {
        Call("doc.free");
        _shadow.Dispose();
    }

    protected override void Apply(byte[] update)
    {
        _shadow.ApplyUpdate(update, "network");
        Ask("doc.apply", new() { ["update"] = Convert.ToBase64String(update), ["v"] = 1 });
    }

    protected override byte[] Encode() => Convert.FromBase64String((string)Call("doc.encode", new() { ["v"] = 1 })!);

    private static string Flat(JsonNode content)
    {
        var cells = new SortedDictionary<string, CellValue>(StringComparer.Ordinal);
        foreach (var (tableId, table) in content[0]!.AsObject())
        {
            foreach (var (rowId, row) in table!.AsObject())
            {
                foreach (var (cellId, cell) in row!.AsObject())
                {
                    cells.Add($"{tableId}/{rowId}/{cellId}", CellValue.FromJson(cell!.ToJsonString()));
                }
            }
        }
        foreach (var (valueId, value) in content[1]!.AsObject())
        {
            cells.Add(valueId, CellValue.FromJson(value!.ToJsonString()));
        }
        return FlatContent.Text(cells);
    }

    private static JsonArray Call(StoreCall call) => call.Method switch
    {
        StoreMethod.SetCell => ["setCell", call.TableId, call.RowId, call.Id, Json(call.Cell)],
        StoreMethod.SetRow => ["setRow", call.TableId, call.RowId, Json(call.Row!)],
        StoreMethod.SetPartialRow => ["setPartialRow", call.TableId, call.RowId, Json(call.Row!)],
        StoreMethod.SetTable => ["setTable", call.TableId, new JsonObject(call.Table!.Select(row => KeyValuePair.Create<string, JsonNode?>(row.Key, Json(row.Value))))],
        StoreMethod.SetValue => ["setValue", call.Id, Json(call.Cell)],
        StoreMethod.SetValues => ["setValues", Json(call.Row!)],
        StoreMethod.DeleteCell => ["delCell", call.TableId, call.RowId, call.Id],
        StoreMethod.DeleteRow => ["delRow", call.TableId, call.RowId],
        StoreMethod.DeleteTable => ["delTable", call.TableId],
        StoreMethod.DeleteTables => ["delTables"],
        _ => ["delValue", call.Id],
    };

    private static JsonObject Json(IEnumerable<KeyValuePair<string, CellValue>> cells) => new(cells.Select(cell => KeyValuePair.Create(cell.Key, Json(cell.Value))));

    private static JsonNode? Json(CellValue value) => JsonNode.Parse(value.ToJson());

    private void Open(ulong clientId, byte[]? saved)
    {
        _name = $"mix{Interlocked.Increment(ref _lastName)}";
        _shadow = new YDoc(new YDocOptions { ClientId = clientId });
        Call("doc.new", new() { ["clientId"] = clientId });
        Call("store.new");
        Call("doc.outbox");
        if (saved is not null)
        {
            Apply(saved);
        }
    }

    /// <summary>Makes a request, lets everything come to rest, and sends what the document did by itself in that time.</summary>
    private void Ask(string op, JsonObject? fields = null)
    {
        var sent = new[] { CallAsync(op, fields), CallAsync("settle"), CallAsync("doc.outbox") };
        Task.WhenAll(sent).GetAwaiter().GetResult();
        foreach (var base64 in sent[2].Result!["updates"]!.AsArray())
        {
            var update = Convert.FromBase64String((string)base64!);
            var before = ReadDocument();
            // What the document did is recorded as if it were to come, for it takes what was known until now.
            _shadow.ApplyUpdate(update, "network");
            var now = ReadDocument();
            Record(
                [
                    .. now.Where(cell => before.GetValueOrDefault(cell.Key) != cell.Value),
                    .. before.Keys.Where(path => !now.ContainsKey(path)).Select(path => KeyValuePair.Create(path, default(CellValue))),
                ],
                before);
            Send(update);
        }
    }

    private JsonNode? Call(string op, JsonObject? fields = null) => CallAsync(op, fields).GetAwaiter().GetResult();

    private Task<JsonNode?> CallAsync(string op, JsonObject? fields = null)
    {
        fields ??= [];
        fields["doc"] = _name;
        fields["store"] = _name;
        return _oracle.CallAsync(op, fields);
    }
}
