using CsCheck;

namespace TinyStore.TestKit.Crdt;

/// <summary>What a step of a random program does.</summary>
public enum StepKind
{
    /// <summary>Writes of one store transaction, on the peer's own store.</summary>
    SetCell,
    SetRow,
    SetPartialRow,
    SetTable,
    AddUniqueRow,
    SetValue,
    SetValues,

    /// <summary>Several writes in one store transaction, deletes among them; the same, each a transaction of its own; one that is rolled back.</summary>
    Transaction,
    Burst,
    RolledBack,

    /// <summary>Deletes.</summary>
    DeleteCell,
    DeleteRow,
    DeleteTable,
    DeleteTables,
    DeleteValue,

    /// <summary>Updates of others arrive: the next ones, one from further behind, or one that had arrived before.</summary>
    Receive,
    ReceiveLater,
    ReceiveAgain,

    /// <summary>The whole state of another peer arrives.</summary>
    Pull,

    /// <summary>From now on, nothing goes between the peers on this side and the others; and the end of that.</summary>
    Part,
    Heal,

    /// <summary>Parts of the persister are started and stopped.</summary>
    StartLoading,
    StartSaving,
    StartBoth,
    StartWithInitialContent,
    StopLoading,
    StopSaving,

    /// <summary>The peer ends, and opens its saved document with a new, empty store.</summary>
    Restart,
}

/// <summary>A step of a random program. Small numbers say where; what they mean depends on the kind.</summary>
public readonly record struct ProgramStep(StepKind Kind, int Peer, int Table, int Row, int Cell, int Pick)
{
    private static readonly Gen<StepKind> Kinds = CsCheck.Gen.Frequency(
        (24, StepKind.SetCell), (6, StepKind.SetRow), (8, StepKind.SetPartialRow), (3, StepKind.SetTable), (4, StepKind.AddUniqueRow), (7, StepKind.SetValue), (2, StepKind.SetValues),
        (4, StepKind.Transaction), (6, StepKind.Burst), (2, StepKind.RolledBack),
        (5, StepKind.DeleteCell), (5, StepKind.DeleteRow), (3, StepKind.DeleteTable), (1, StepKind.DeleteTables), (3, StepKind.DeleteValue),
        (40, StepKind.Receive), (10, StepKind.ReceiveLater), (5, StepKind.ReceiveAgain), (6, StepKind.Pull), (3, StepKind.Part), (3, StepKind.Heal),
        (6, StepKind.StartLoading), (6, StepKind.StartSaving), (10, StepKind.StartBoth), (3, StepKind.StartWithInitialContent), (2, StepKind.StopLoading), (2, StepKind.StopSaving),
        (3, StepKind.Restart));

    /// <summary>Random steps.</summary>
    public static Gen<ProgramStep> Gen { get; } = CsCheck.Gen.Select(
        Kinds, CsCheck.Gen.Int[0, 4], CsCheck.Gen.Int[0, 1], CsCheck.Gen.Int[0, 2], CsCheck.Gen.Int[0, 1], CsCheck.Gen.Int[0, 999],
        (kind, peer, table, row, cell, pick) => new ProgramStep(kind, peer, table, row, cell, pick));

    /// <summary>The ids that it writes to.</summary>
    public string TableId => $"t{Table}";

    /// <inheritdoc cref="TableId"/>
    public string RowId => $"r{Row}";

    /// <inheritdoc cref="TableId"/>
    public string CellId => Cell == 0 ? "a" : "b";

    /// <inheritdoc cref="TableId"/>
    public string ValueId => $"v{Cell}";

    /// <summary>Whether it deletes something.</summary>
    public bool IsDelete => Kind is StepKind.DeleteCell or StepKind.DeleteRow or StepKind.DeleteTable or StepKind.DeleteTables or StepKind.DeleteValue;

    /// <summary>As C#, to be pasted into a test.</summary>
    public override string ToString() => $"new(StepKind.{Kind}, {Peer}, {Table}, {Row}, {Cell}, {Pick})";
}

/// <summary>A random program: how many peers, and what happens in what order.</summary>
public sealed record CrdtProgram(int Peers, IReadOnlyList<ProgramStep> Steps)
{
    /// <summary>Random programs of 2 to 5 peers.</summary>
    public static Gen<CrdtProgram> Gen { get; } = CsCheck.Gen.Select(
        CsCheck.Gen.Int[2, 5], ProgramStep.Gen.Array[5, 90], (peers, steps) => new CrdtProgram(peers, steps));

    /// <summary>As C#, to be pasted into a test.</summary>
    public override string ToString() => $"new CrdtProgram({Peers}, [\n  {string.Join(",\n  ", Steps)}])";
}
