namespace TinyStore.Crdt.Tests.Convergence;

/// <summary>What happened in the runs of a test, so that none passes on nothing.</summary>
internal sealed class Tally
{
    public int Runs, Operations, RowConflicts, TableConflicts, CellConflicts, Deletes, Pendings, Duplicates, Pulls, Restarts, RolledBack, Judged, LateStarts, UniqueRows, Initial, Shared, Partitions, Cut;

    /// <summary>With TinyBase peers: cells that are gone though nobody deleted them, and cells that hold what was overwritten or deleted.</summary>
    public int NetLost, TinyBaseLost, Back;

    public List<string> Findings { get; } = [];

    public void Add(Tally other)
    {
        lock (this)
        {
            Runs++;
            Operations += other.Operations;
            RowConflicts += other.RowConflicts;
            TableConflicts += other.TableConflicts;
            CellConflicts += other.CellConflicts;
            Deletes += other.Deletes;
            Pendings += other.Pendings;
            Duplicates += other.Duplicates;
            Pulls += other.Pulls;
            Restarts += other.Restarts;
            RolledBack += other.RolledBack;
            Judged += other.Judged;
            LateStarts += other.LateStarts;
            UniqueRows += other.UniqueRows;
            Initial += other.Initial;
            Shared += other.Shared;
            Partitions += other.Partitions;
            Cut += other.Cut;
            NetLost += other.NetLost;
            TinyBaseLost += other.TinyBaseLost;
            Back += other.Back;
        }
    }

    public override string ToString() =>
        $"{Runs} runs, {Operations} operations ({Deletes} deletes), {Judged} cells judged; conflicts: {TableConflicts} tables, "
        + $"{RowConflicts} rows, {CellConflicts} cells; {Pendings} pendings, {Duplicates} duplicates, {Pulls} pulls, "
        + $"{Restarts} restarts, {LateStarts} late starts, {RolledBack} rolled back, {UniqueRows} unique rows, {Initial} initial "
        + $"contents, {Shared} shared histories, {Partitions} partitions ({Cut} messages cut off)"
        + (NetLost + TinyBaseLost + Back > 0 ? $"; lost {NetLost} of .NET and {TinyBaseLost} of TinyBase, back {Back}" : "");
}
