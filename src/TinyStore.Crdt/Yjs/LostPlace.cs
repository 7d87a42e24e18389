using TinyStore.Yjs;

namespace TinyStore.Crdt;

/// <summary>
/// Where a dead container was, and how it died.
/// </summary>
/// <param name="HasCells">Whether it was a row or the values; else a table or all of them.</param>
/// <param name="TableId">The table, or null for the values.</param>
/// <param name="RowId">The row.</param>
/// <param name="IsRace">It, or a container around it, lost its key to a container made concurrently; otherwise it was deleted.</param>
/// <param name="IsWitnessed">For a race: one of the two containers was here before the transaction in which they met.</param>
/// <param name="DiedBefore">For a race: it was lost in an earlier transaction.</param>
/// <param name="Outermost">The outermost dead container: the one that lost its key, or was deleted.</param>
internal sealed record LostPlace(
    bool HasCells, string? TableId, string? RowId, bool IsRace, bool IsWitnessed, bool DiedBefore, YItemId Outermost);

/// <summary>A cell that died with its container.</summary>
internal readonly record struct LostCell(string? TableId, string? RowId, string Id, CellValue Value, YItemId Source, bool MayReplaceCopy)
{
    public static int Compare(LostCell left, LostCell right)
    {
        var order = string.CompareOrdinal(left.TableId, right.TableId);
        order = order != 0 ? order : string.CompareOrdinal(left.RowId, right.RowId);
        order = order != 0 ? order : string.CompareOrdinal(left.Id, right.Id);
        order = order != 0 ? order : right.Source.Client.CompareTo(left.Source.Client);
        return order != 0 ? order : right.Source.Clock.CompareTo(left.Source.Clock);
    }

    public bool IsAt(in LostCell other) => TableId == other.TableId && RowId == other.RowId && Id == other.Id;
}
