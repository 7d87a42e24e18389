using System.Globalization;
using Spectre.Console;

namespace PeerSync;

/// <summary>Shows what happens as it happens: tables and colour on a terminal, plain lines where the output is redirected.</summary>
internal sealed class Screen
{
    private readonly bool _plain = Console.IsOutputRedirected;
    private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();
    private int _step;

    public void Title(string text)
    {
        if (_plain)
        {
            Console.WriteLine(text);
        }
        else
        {
            AnsiConsole.Write(new Rule($"[bold]{Markup.Escape(text)}[/]").LeftJustified());
        }
    }

    public void Say(string text)
    {
        var at = _clock.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture).PadLeft(5);
        if (_plain)
        {
            Console.WriteLine($"{at} s  {text}");
        }
        else
        {
            AnsiConsole.MarkupLine($"[grey]{at} s[/]  {Markup.Escape(text)}");
        }
    }

    /// <summary>One numbered step of the demo: what is done, a sign of life while it runs, and the peers' table once it has come to rest.</summary>
    public async Task StepAsync(string title, IReadOnlyList<IPeer> peers, Func<Task> work, Func<Task<IReadOnlyList<PeerLine>>> lines)
    {
        _step++;
        Title($"{_step}. {title}");
        if (_plain)
        {
            await work().ConfigureAwait(false);
        }
        else
        {
            await AnsiConsole.Status().Spinner(Spinner.Known.Dots).StartAsync("working", async status =>
            {
                var running = work();
                while (await Task.WhenAny(running, Task.Delay(100)).ConfigureAwait(false) != running)
                {
                    status.Status(string.Join("   ", peers.Select(p => $"{Markup.Escape(p.Name)}: {p.State}, {p.Unacknowledged} unacknowledged")));
                }

                await running.ConfigureAwait(false);
            }).ConfigureAwait(false);
        }

        Show(await lines().ConfigureAwait(false));
    }

    public static void Differences(IReadOnlyList<Difference> differences)
    {
        foreach (var difference in differences.Take(50))
        {
            Console.WriteLine($"differs: {difference.Cell}: {string.Join(", ", difference.Found.Select(f => $"{f.Holder} has {f.Value ?? "nothing"}"))}");
        }

        if (differences.Count > 50)
        {
            Console.WriteLine($"differs: and {differences.Count - 50} more cells");
        }
    }

    private void Show(IReadOnlyList<PeerLine> lines)
    {
        if (_plain)
        {
            foreach (var line in lines)
            {
                Console.WriteLine($"         {line.Name,-8} {line.State,-12} {line.Rows,5} rows {line.Cells,6} cells {line.Unacknowledged,4} unacknowledged");
            }

            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("peer", "state");
        foreach (var heading in new[] { "rows", "cells", "unacknowledged" })
        {
            table.AddColumn(new TableColumn(heading).RightAligned());
        }

        foreach (var line in lines)
        {
            table.AddRow(Markup.Escape(line.Name), line.State, Number(line.Rows), Number(line.Cells), Number(line.Unacknowledged));
        }

        AnsiConsole.Write(table);

        static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>A peer's line in the table after a step.</summary>
internal sealed record PeerLine(string Name, string State, int Rows, int Cells, int Unacknowledged);
