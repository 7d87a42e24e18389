using System.Text.Json;
using TinyStore.Oracle.Stores;

namespace TinyStore.Oracle.Ops;

/// <summary><c>store.*</c>: stores by name.</summary>
internal static class StoreOps
{
    public static void AddTo(Dictionary<string, OracleOp> ops)
    {
        ops.Add("store.new", New);
        ops.Add("store.exec", Exec);
        ops.Add("store.content", Content);
        ops.Add("store.script", Script);
    }

    private static void New(World world, Request request, Answer answer) =>
        World.Add(world.Stores, request.String("store"), "store", () => new Store());

    /// <summary>One transaction: a call that throws takes the ones before it back.</summary>
    private static void Exec(World world, Request request, Answer answer)
    {
        var store = world.Store(request);
        var calls = request.Array("ops");
        var result = answer.Result;
        result.WriteStartArray();
        store.Transaction(() =>
        {
            foreach (var call in calls.EnumerateArray())
            {
                if (call.ValueKind != JsonValueKind.Array || call.GetArrayLength() == 0 || call[0].ValueKind != JsonValueKind.String)
                {
                    throw new OracleRequestException("A call must be an array: the method and its arguments.");
                }

                if (!StoreMethods.Call(store, call[0].GetString()!, new StoreArguments(call.EnumerateArray().Skip(1)), result))
                {
                    result.WriteNullValue();
                }
            }
        });
        result.WriteEndArray();
    }

    private static void Content(World world, Request request, Answer answer) =>
        CellJson.Write(answer.Result, world.Store(request).GetContent());

    private static void Script(World world, Request request, Answer answer)
    {
        answer.Result.WriteStartArray();
        var script = new StoreScript(answer.Result);
        foreach (var step in request.Array("steps").EnumerateArray())
        {
            script.RunFirst(step);
        }

        answer.Result.WriteEndArray();
    }
}
