using System.Reflection;
using System.Text.Json;
using TinyStore.Oracle.Documents;
using TinyStore.Yjs;

namespace TinyStore.Oracle.Ops;

/// <summary><c>doc.*</c>: documents by name.</summary>
internal static class DocumentOps
{
    private const string Remote = "remote";

    public static void AddTo(Dictionary<string, OracleOp> ops)
    {
        ops.Add("hello", Hello);
        ops.Add("doc.new", New);
        ops.Add("doc.free", FreeAsync);
        ops.Add("doc.apply", Apply);
        ops.Add("doc.encode", Encode);
        ops.Add("doc.sv", StateVector);
        ops.Add("doc.snapshot", Snapshot);
        ops.Add("doc.json", Json);
        ops.Add("doc.delta", Delta);
        ops.Add("doc.exec", Exec);
        ops.Add("doc.load", Load);
    }

    private static void Hello(World world, Request request, Answer answer)
    {
        var result = answer.Result;
        result.WriteStartObject();
        result.WriteString("name", "tinystore");
        result.WriteString("version", typeof(YDoc).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]);
        result.WriteEndObject();
    }

    private static void New(World world, Request request, Answer answer)
    {
        var options = new YDocOptions { ClientId = request.OptionalInteger("clientId"), Gc = request.Boolean("gc", true) };
        World.Add(world.Docs, request.String("doc"), "document", () => new OracleDoc(options));
    }

    private static async ValueTask FreeAsync(World world, Request request, Answer answer)
    {
        var doc = world.Doc(request);
        await world.StopPersistersAsync(request.String("doc"));
        world.Docs.Remove(request.String("doc"));
        doc.Dispose();
    }

    private static void Apply(World world, Request request, Answer answer)
    {
        var doc = world.Doc(request).Doc;
        Apply(doc, request.Version(), request.Bytes("update"));
        var result = answer.Result;
        result.WriteStartObject();
        result.WriteBoolean("pending", doc.HasPending);
        result.WriteEndObject();
    }

    private static void Encode(World world, Request request, Answer answer)
    {
        var doc = world.Doc(request).Doc;
        var version = request.Version();
        var stateVector = request.OptionalBytes("sv");
        byte[] update = [];
        Repetition.Run(request, answer, () => update = (version, stateVector) switch
        {
            (1, null) => doc.EncodeStateAsUpdate(),
            (1, _) => doc.EncodeStateAsUpdate(stateVector),
            (_, null) => doc.EncodeStateAsUpdateV2(),
            _ => doc.EncodeStateAsUpdateV2(stateVector),
        });
        answer.Result.WriteBase64StringValue(update);
    }

    private static void StateVector(World world, Request request, Answer answer) =>
        answer.Result.WriteBase64StringValue(world.Doc(request).Doc.EncodeStateVector());

    private static void Snapshot(World world, Request request, Answer answer) =>
        answer.Result.WriteBase64StringValue(request.Version() == 2 ? world.Doc(request).Doc.EncodeSnapshotV2() : world.Doc(request).Doc.EncodeSnapshot());

    private static void Json(World world, Request request, Answer answer)
    {
        var root = world.Doc(request).Root(request.String("root"), request.String("type"));
        answer.Result.WriteRawValue(root.ToJson(), skipInputValidation: true);
    }

    private static void Delta(World world, Request request, Answer answer)
    {
        var text = (YText)world.Doc(request).Root(request.String("root"), "text");
        var result = answer.Result;
        result.WriteStartArray();
        foreach (var op in text.ToDelta())
        {
            result.WriteRawValue(op.ToJson(), skipInputValidation: true);
        }

        result.WriteEndArray();
    }

    private static void Exec(World world, Request request, Answer answer)
    {
        var doc = world.Doc(request);
        var operations = request.Array("ops").EnumerateArray().ToList();
        var origin = request.TryGet("origin", out var json)
            ? json.ValueKind == JsonValueKind.String ? json.GetString() : json.GetRawText()
            : null;
        var update = doc.Execute(operations, origin, request.Version());
        var result = answer.Result;
        result.WriteStartObject();
        if (update is { } bytes)
        {
            result.WriteBase64String("update", bytes.Span);
        }
        else
        {
            result.WriteNull("update");
        }

        result.WriteEndObject();
    }

    private static void Load(World world, Request request, Answer answer)
    {
        var version = request.Version();
        var update = request.Bytes("update");
        Repetition.Run(request, answer, () =>
        {
            using var doc = new YDoc();
            Apply(doc, version, update);
        });
    }

    /// <summary>Applies an update in that version of the format, as one that came from elsewhere.</summary>
    public static void Apply(YDoc doc, int version, byte[] update)
    {
        if (version == 2)
        {
            doc.ApplyUpdateV2(update, Remote);
        }
        else
        {
            doc.ApplyUpdate(update, Remote);
        }
    }
}
