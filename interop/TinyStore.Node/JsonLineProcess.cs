using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace TinyStore.Node;

/// <summary>
/// A child process that answers JSON lines with JSON lines, in order. Requests may be sent without waiting for the answers
/// to those before them.
/// </summary>
/// <remarks>May be used from several threads.</remarks>
public sealed class JsonLineProcess : IAsyncDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly string _name;
    private readonly Process _process;
    private readonly Task _reading;
    private readonly Lock _sending = new();
    private readonly ConcurrentQueue<TaskCompletionSource<JsonObject>> _waiting = new();
    private readonly StringBuilder _errors = new();
    private long _lastId;

    private JsonLineProcess(string name, Process process)
    {
        _name = name;
        _process = process;
        _process.ErrorDataReceived += (_, line) => KeepError(line.Data);
        _process.BeginErrorReadLine();
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Raised for each line without an <c>id</c>, from another thread.</summary>
    public event EventHandler<JsonObject>? EventReceived;

    /// <summary>Starts a program.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static JsonLineProcess Start(string name, string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
        })!;
        return new JsonLineProcess(name, process);
    }

    /// <summary>Sends a request and returns its <c>result</c>.</summary>
    /// <exception cref="OracleException">The answer is an error.</exception>
    public async Task<JsonNode?> CallAsync(string op, JsonObject? fields = null)
    {
        var answer = await TryCallAsync(op, fields);
        return IsOk(answer)
            ? answer["result"]
            : throw new OracleException($"{_name} answered {op} with an error: {(string?)answer["error"]}");
    }

    /// <summary>Sends a request and returns the whole answer, be it an error.</summary>
    public Task<JsonObject> TryCallAsync(string op, JsonObject? fields = null)
    {
        var request = fields is null ? [] : (JsonObject)fields.DeepClone();
        request["id"] = Interlocked.Increment(ref _lastId);
        request["op"] = op;
        return SendLineAsync(request.ToJsonString());
    }

    /// <summary>Sends a line as it is and returns the answer to it.</summary>
    public async Task<JsonObject> SendLineAsync(string line)
    {
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_sending)
        {
            if (_reading.IsCompleted)
            {
                throw Ended();
            }

            _waiting.Enqueue(answer);
            try
            {
                _process.StandardInput.WriteLine(line);
                _process.StandardInput.Flush();
            }
            catch (IOException)
            {
                throw Ended();
            }
        }

        try
        {
            return await answer.Task.WaitAsync(Timeout);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_name} gave no answer within {Timeout.TotalSeconds} s to {Short(line)}{Errors()}");
        }
    }

    /// <summary>Whether an answer is not an error.</summary>
    public static bool IsOk(JsonObject answer) => (bool?)answer["ok"] == true;

    /// <summary>Ends the process by ending its input.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(Timeout);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_name} did not end within {Timeout.TotalSeconds} s of the end of its input.{Errors()}");
        }
        catch (IOException)
        {
            // It had ended by itself.
        }

        await _reading;
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Parse(line) is not { } parsed)
            {
                KeepError($"(on its standard output) {Short(line)}");
            }
            else if (!parsed.ContainsKey("id"))
            {
                EventReceived?.Invoke(this, parsed);
            }
            else if (_waiting.TryDequeue(out var answer))
            {
                answer.SetResult(parsed);
            }
        }

        while (_waiting.TryDequeue(out var abandoned))
        {
            abandoned.SetException(Ended());
        }
    }

    private static JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private void KeepError(string? line)
    {
        lock (_errors)
        {
            if (line is not null && _errors.Length < 10_000)
            {
                _errors.AppendLine(line);
            }
        }
    }

    private InvalidOperationException Ended() => new($"{_name} has ended.{Errors()}");

    private string Errors()
    {
        lock (_errors)
        {
            return _errors.Length == 0 ? "" : $" It wrote: {_errors}";
        }
    }

    private static string Short(string text) => text.Length <= 500 ? text : text[..500] + "…";
}

/// <summary>An oracle answered a request with an error.</summary>
public sealed class OracleException : Exception
{
    /// <summary>With the error.</summary>
    public OracleException(string message)
        : base(message)
    {
    }
}
