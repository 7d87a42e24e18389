using System.Globalization;
using System.Text;
using Spectre.Console;

namespace TinyStore.Benchmarks;

/// <summary>One row of a table: the same work by ours and by the peer, in one run on one machine.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Unit">The unit of both figures; smaller is better.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Peer">The peer's figure, or null where there is none.</param>
/// <param name="Goal">What is to be reached: times better than the peer where it ends in ×, else a figure of ours.</param>
internal sealed record Figure(string Work, string Unit, double Ours, double? Peer = null, string? Goal = null)
{
    public double? TimesBetter => Peer is { } peer && Ours > 0 ? peer / Ours : null;

    public string Ratio => TimesBetter is { } times ? $"{Figures.Number(times)} ×" : "";
}

/// <summary>Collects rows under headings, shows them as they come and as tables and charts at the end, and writes the page.</summary>
internal sealed class Figures
{
    private readonly List<Section> _sections = [];

    public static string Number(double value) => value switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    /// <summary>Begins a table.</summary>
    /// <param name="title">Its heading.</param>
    /// <param name="peer">Whom it compares with.</param>
    /// <param name="notes">What a reader has to know of how it was measured.</param>
    public void Begin(string title, string peer, string notes = "") => _sections.Add(new Section(title, peer, notes, []));

    public void Add(Figure figure)
    {
        _sections[^1].Rows.Add(figure);
        Console.WriteLine($"{figure.Work}: {Number(figure.Ours)} {figure.Unit}{(figure.Peer is { } peer ? $", {_sections[^1].Peer} {Number(peer)} {figure.Unit}, {figure.Ratio}" : "")}");
    }

    /// <summary>Our figure of an earlier row, to be set beside another peer's.</summary>
    public double Ours(string work) => _sections.SelectMany(section => section.Rows).Last(row => row.Work == work).Ours;

    public void Show()
    {
        foreach (var section in _sections)
        {
            var table = new Spectre.Console.Table().Title(section.Title).Border(TableBorder.Rounded).AddColumns("work", "unit");
            foreach (var heading in new[] { "ours", section.Peer, "times better", "goal" })
            {
                table.AddColumn(new TableColumn(heading).RightAligned());
            }

            foreach (var row in section.Rows)
            {
                table.AddRow(Markup.Escape(row.Work), row.Unit, Number(row.Ours), row.Peer is { } peer ? Number(peer) : "", row.Ratio, row.Goal ?? "");
            }

            AnsiConsole.Write(table);
            foreach (var line in Chart(section))
            {
                Console.WriteLine(line);
            }
        }
    }

    public string ToMarkdown(string machine, string command)
    {
        var page = new StringBuilder()
            .AppendLine("# Measured figures").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"One run of `{command}` on one machine: {machine}.")
            .AppendLine(CultureInfo.InvariantCulture, $"Medians of {Timing.Runs} runs after {Timing.WarmUps} warm-ups on both sides; \"fresh process\" is the first run of a new process. Our warm-ups are 0.4 s apart, because .NET optimizes while a program is quiet, and collections are not concurrent. The machine is shared and noisy: compare the ratios.");
        foreach (var section in _sections)
        {
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {section.Title}").AppendLine();
            if (section.Notes.Length > 0)
            {
                page.AppendLine(section.Notes).AppendLine();
            }

            page.AppendLine(CultureInfo.InvariantCulture, $"| work | unit | ours | {section.Peer} | times better | goal |").AppendLine("|---|---|--:|--:|--:|--:|");
            foreach (var row in section.Rows)
            {
                page.AppendLine(CultureInfo.InvariantCulture, $"| {row.Work} | {row.Unit} | {Number(row.Ours)} | {(row.Peer is { } peer ? Number(peer) : "–")} | {(row.Ratio.Length > 0 ? row.Ratio : "–")} | {row.Goal ?? "–"} |");
            }

            if (Chart(section) is { Count: > 0 } chart)
            {
                page.AppendLine().AppendLine("```text").AppendJoin(Environment.NewLine, chart).AppendLine().AppendLine("```");
            }
        }

        return page.ToString();
    }

    // A bar grows by four blocks for each tenfold: ratios lie between a few and thousands.
    private static List<string> Chart(Section section)
    {
        List<Figure> rows = [.. section.Rows.Where(row => row.TimesBetter is not null)];
        if (rows.Count == 0)
        {
            return [];
        }

        var width = rows.Max(row => row.Work.Length);
        return
        [
            $"times better than {section.Peer} (four blocks are tenfold)",
            .. rows.Select(row => $"{row.Work.PadRight(width)} {new string('█', Math.Max(0, (int)Math.Round(4 * Math.Log10(row.TimesBetter!.Value))))}▏{row.Ratio}"),
        ];
    }

    private sealed record Section(string Title, string Peer, string Notes, List<Figure> Rows);
}
