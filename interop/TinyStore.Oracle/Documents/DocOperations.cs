using System.Text.Json;
using TinyStore.Yjs;

namespace TinyStore.Oracle.Documents;

/// <summary>
/// The operations of <c>doc.exec</c>. Each reads all its arguments before it changes anything, and then cannot fail. A path
/// is <c>[root, type, key or index …]</c>.
/// </summary>
internal static class DocOperations
{
    private delegate void Operation(OracleDoc doc, Arguments arguments);

    private static readonly Dictionary<string, Operation> Operations = new(StringComparer.Ordinal)
    {
        ["map.set"] = MapSet,
        ["map.delete"] = MapDelete,
        ["map.clear"] = MapClear,
    };

    /// <summary>Operations of the protocol on what the engine reads and does not write yet.</summary>
    private static readonly HashSet<string> ReadOnly = new(StringComparer.Ordinal)
    {
        "array.insert", "array.delete", "text.insert", "text.delete", "text.format", "text.embed", "xml.insert", "xml.attr",
    };

    public static void Run(OracleDoc doc, JsonElement operation)
    {
        if (operation.ValueKind != JsonValueKind.Array)
        {
            throw new OracleRequestException("An operation must be an array.");
        }

        var arguments = new Arguments(operation);
        var name = arguments[0].ValueKind == JsonValueKind.String ? arguments[0].GetString()! : "";
        if (!Operations.TryGetValue(name, out var run))
        {
            throw new OracleRequestException(ReadOnly.Contains(name)
                ? $"{name} is not supported: this engine reads lists, text and XML, and writes maps."
                : $"Unknown operation: \"{name}\".");
        }

        run(doc, arguments);
    }

    private static void MapSet(OracleDoc doc, Arguments arguments)
    {
        var map = Resolve<YMap>(doc, arguments[1]);
        var key = Key(arguments[2]);
        if (DocValues.IsNewType(arguments[3], out var kind))
        {
            _ = kind == "map"
                ? map.SetMap(key)
                : throw new OracleRequestException($"$new can make a \"map\" here, and not \"{kind}\".");
        }
        else
        {
            map.Set(key, DocValues.Read(arguments[3]));
        }
    }

    private static void MapDelete(OracleDoc doc, Arguments arguments) =>
        Resolve<YMap>(doc, arguments[1]).Delete(Key(arguments[2]));

    private static void MapClear(OracleDoc doc, Arguments arguments) =>
        Resolve<YMap>(doc, arguments[1]).Clear();

    private static string Key(JsonElement key) =>
        key.ValueKind == JsonValueKind.String ? key.GetString()! : throw new OracleRequestException("A key must be a string.");

    private static T Resolve<T>(OracleDoc doc, JsonElement path)
        where T : YType
    {
        if (path.ValueKind != JsonValueKind.Array || path.GetArrayLength() < 2 || path[0].ValueKind != JsonValueKind.String || path[1].ValueKind != JsonValueKind.String)
        {
            throw new OracleRequestException("A path must be an array that begins with a root and its type.");
        }

        var type = doc.Root(path[0].GetString()!, path[1].GetString()!);
        foreach (var step in path.EnumerateArray().Skip(2))
        {
            type = StepInto(type, step)
                ?? throw new OracleRequestException($"There is no shared type at {step.GetRawText()} of {path.GetRawText()}.");
        }

        return type as T ?? throw new OracleRequestException($"The type at {path.GetRawText()} cannot do that.");
    }

    private static YType? StepInto(YType type, JsonElement step)
    {
        if (step.ValueKind == JsonValueKind.String)
        {
            return type is YMap map && map.TryGetValue(step.GetString()!, out var value) ? value.AsType : null;
        }

        if (step.ValueKind != JsonValueKind.Number || !step.TryGetInt32(out var index) || index < 0)
        {
            return null;
        }

        return type switch
        {
            YArray array when index < array.Count => array[index].AsType,
            YXmlFragment fragment when index < fragment.Count => fragment[index].AsType,
            _ => null,
        };
    }

    /// <summary>The members of an operation; what is left out is undefined, as in JavaScript.</summary>
    private readonly struct Arguments
    {
        private readonly JsonElement _operation;

        public Arguments(JsonElement operation)
        {
            _operation = operation;
        }

        public JsonElement this[int index] => index < _operation.GetArrayLength() ? _operation[index] : default;
    }
}
