using CsCheck;

namespace TinyStore.Interop.Tests.MapPrograms;

/// <summary>What a step of a program does.</summary>
internal enum StepKind
{
    Write,
    Deliver,
    DeliverTwice,
    Drop,
    DeliverMerged,
    Pull,
    PullAll,
}

/// <summary>What one operation of a write does to a key.</summary>
internal enum WriteKind
{
    SetValue,
    SetMap,
    Delete,
    Clear,
}

/// <summary>An operation that finds its map when it runs: it follows the path as far as there are maps.</summary>
internal sealed record Write(WriteKind Kind, int Root, int[] Path, int Key, int Value);

/// <summary>One step: who, with whom or with which message, and what is written.</summary>
internal sealed record Step(StepKind Kind, int Replica, int Other, Write[] Writes);

/// <summary>
/// A program for 2 to 5 replicas. Numbers are taken modulo what there is to choose from when the step runs, so every program
/// can run, and a program that was shrunk too.
/// </summary>
/// <param name="Clients">One client id a replica.</param>
/// <param name="Foreign">Which replicas are written to by yjs alone.</param>
/// <param name="Gc">Whether deleted content is collected.</param>
/// <param name="Steps">What happens.</param>
internal sealed record MapProgram(ulong[] Clients, bool[] Foreign, bool Gc, Step[] Steps)
{
    public static readonly string[] Keys = ["a", "b", "c"];
    public static readonly string[] Roots = ["m", "n"];

    private static readonly Gen<Write> GenWrite =
        Gen.Select(
            Gen.Frequency((6, Gen.Const(WriteKind.SetValue)), (4, Gen.Const(WriteKind.SetMap)), (3, Gen.Const(WriteKind.Delete)), (1, Gen.Const(WriteKind.Clear))),
            Gen.Frequency((4, Gen.Const(0)), (1, Gen.Const(1))),
            Gen.Int[0, Keys.Length - 1].Array[0, 3],
            Gen.Int[0, Keys.Length - 1],
            Gen.Int[0, MapValues.Count - 1],
            (kind, root, path, key, value) => new Write(kind, root, path, key, value));

    private static readonly Gen<Step> GenStep =
        Gen.Select(
            Gen.Frequency(
                (10, Gen.Const(StepKind.Write)), (8, Gen.Const(StepKind.Deliver)), (2, Gen.Const(StepKind.DeliverTwice)), (2, Gen.Const(StepKind.Drop)),
                (2, Gen.Const(StepKind.DeliverMerged)), (1, Gen.Const(StepKind.Pull)), (1, Gen.Const(StepKind.PullAll))),
            Gen.Int[0, 4],
            Gen.Int[0, 1000],
            GenWrite.Array[1, 4],
            (kind, replica, other, writes) => new Step(kind, replica, other, writes));

    // Ids of one to five bytes, and of 53 bits.
    private static readonly Gen<ulong> GenClient = Gen.OneOf(Gen.ULong[1, 300], Gen.ULong[1, uint.MaxValue], Gen.ULong[1, (1UL << 53) - 1]);

    public static readonly Gen<MapProgram> Gen2To5 =
        Gen.Select(GenClient.ArrayUnique[2, 5], Gen.Frequency((3, Gen.Const(false)), (1, Gen.Const(true))).Array[5], Gen.Frequency((3, Gen.Const(true)), (1, Gen.Const(false))), GenStep.Array[5, 60])
            .Select((clients, foreign, gc, steps) => new MapProgram(clients, foreign, gc, steps));

    public string Describe()
    {
        var lines = Steps.Select((step, index) =>
            $"{index,3} {step.Kind} {step.Replica % Clients.Length} {step.Other} " +
            (step.Kind == StepKind.Write ? string.Join("; ", step.Writes.Select(write => $"{write.Kind} {Roots[write.Root]}/{string.Join('/', write.Path.Select(key => Keys[key]))} {Keys[write.Key]} {write.Value}")) : ""));
        return $"clients {string.Join(' ', Clients)}, foreign {string.Join(' ', Foreign)}, gc {Gc}{Environment.NewLine}{string.Join(Environment.NewLine, lines)}";
    }
}
