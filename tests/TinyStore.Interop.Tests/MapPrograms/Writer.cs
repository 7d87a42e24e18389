using System.Text.Json.Nodes;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests.MapPrograms;

/// <summary>Carries out the writes of a step on our engine, and notes them as operations for the oracle.</summary>
internal static class Writer
{
    /// <returns>The operations of the transaction, and the keys that were set: the path, and whether a map was put there.</returns>
    public static (JsonArray Operations, List<(string Path, bool IsMap)> Sets) Run(YDoc doc, Write[] writes, List<byte[]>? updates = null)
    {
        JsonArray operations = [];
        List<(string, bool)> sets = [];
        using var observing = doc.ObserveUpdates(update => updates?.Add(update.Update.ToArray()));
        doc.Transact(_ =>
        {
            foreach (var write in writes)
            {
                Run(doc, write, operations, sets);
            }
        });
        return (operations, sets);
    }

    private static void Run(YDoc doc, Write write, JsonArray operations, List<(string, bool)> sets)
    {
        var root = MapProgram.Roots[write.Root];
        var map = doc.GetMap(root);
        JsonArray path = [root, "map"];
        foreach (var step in write.Path)
        {
            if (!map.TryGetMap(MapProgram.Keys[step], out var inner))
            {
                break;
            }

            map = inner;
            path.Add(MapProgram.Keys[step]);
        }

        var key = MapProgram.Keys[write.Key];
        switch (write.Kind)
        {
            case WriteKind.SetValue:
                map.Set(key, MapValues.Ours(write.Value));
                operations.Add(new JsonArray("map.set", path, key, MapValues.Protocol(write.Value)));
                sets.Add(($"{path.ToJsonString()}{key}", false));
                break;
            case WriteKind.SetMap:
                map.SetMap(key);
                operations.Add(new JsonArray("map.set", path, key, new JsonObject { ["$new"] = "map" }));
                sets.Add(($"{path.ToJsonString()}{key}", true));
                break;
            case WriteKind.Delete:
                map.Delete(key);
                operations.Add(new JsonArray("map.delete", path, key));
                break;
            default:
                map.Clear();
                operations.Add(new JsonArray("map.clear", path));
                break;
        }
    }
}
