namespace PeerSync;

/// <summary>One thing that must hold the same cells as all the others: a store, a document, the relay's log.</summary>
internal sealed record Holder(string Name, IReadOnlyDictionary<string, string> Cells);

/// <summary>A cell that is not the same everywhere, with what each holder has there (null: nothing).</summary>
internal sealed record Difference(string Cell, IReadOnlyList<(string Holder, string? Value)> Found);

/// <summary>Holds everything that should be equal against each other, cell by cell.</summary>
internal static class Verdict
{
    public static IReadOnlyList<Difference> Compare(IReadOnlyList<Holder> holders)
    {
        var differences = new List<Difference>();
        foreach (var cell in holders.SelectMany(h => h.Cells.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            var found = holders.Select(h => (h.Name, h.Cells.GetValueOrDefault(cell))).ToList();
            if (found.Any(f => f.Item2 != found[0].Item2))
            {
                differences.Add(new Difference(cell, found));
            }
        }

        return differences;
    }

    /// <summary>What was counted, for the one line at the end.</summary>
    public static string Count(IReadOnlyDictionary<string, string> cells)
    {
        var parts = cells.Keys.Select(k => k.Split('/', 3)).ToList();
        var tables = parts.Where(p => p.Length == 3).Select(p => p[0]).Distinct().Count();
        var rows = parts.Where(p => p.Length == 3).Select(p => (p[0], p[1])).Distinct().Count();
        return $"{tables} tables, {rows} rows, {parts.Count(p => p.Length == 3)} cells, {parts.Count(p => p.Length == 2)} values";
    }
}
