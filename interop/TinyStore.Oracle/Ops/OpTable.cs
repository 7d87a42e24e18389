namespace TinyStore.Oracle.Ops;

/// <summary>Carries out one kind of request.</summary>
internal delegate ValueTask OracleOp(World world, Request request, Answer answer);

/// <summary>All ops by name.</summary>
internal static class OpTable
{
    private static readonly Dictionary<string, OracleOp> Ops = Build();

    public static OracleOp Find(string name) =>
        Ops.TryGetValue(name, out var op) ? op : throw new OracleRequestException($"Unknown op: \"{name}\".");

    private static Dictionary<string, OracleOp> Build()
    {
        var ops = new Dictionary<string, OracleOp>(StringComparer.Ordinal);
        DocumentOps.AddTo(ops);
        UpdateOps.AddTo(ops);
        StoreOps.AddTo(ops);
        PersisterOps.AddTo(ops);
        return ops;
    }

    /// <summary>Adds an op that has nothing to wait for.</summary>
    public static void Add(this Dictionary<string, OracleOp> ops, string name, Action<World, Request, Answer> run) =>
        ops.Add(name, (world, request, answer) =>
        {
            run(world, request, answer);
            return ValueTask.CompletedTask;
        });
}
