-- Asks for the passphrase of a signing key, when the server's ssh-keygen wants one.

local M = {}

local asking = false

--- The program that ssh-keygen runs to ask; nil when there is none for this system.
function M.program()
  local here = debug.getinfo(1, 'S').source:sub(2)
  local path =
    vim.fs.joinpath(vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(here))), 'bin', 'askpass')
  path = vim.fn.fnamemodify(path, ':p')
  return vim.fn.executable(path) == 1 and vim.fn.has('win32') == 0 and path or nil
end

--- What the server's environment needs so that the question comes here; nothing when the person
--- has a program of their own for that.
---@return table<string, string>
function M.environment()
  local program = M.program()
  if (vim.env.SSH_ASKPASS or '') ~= '' or not program then
    return {}
  end
  return { SSH_ASKPASS = program, NVIM_PROGPATH = vim.v.progpath }
end

--- Ask, and give the answer to the program; nothing keeps it. One question at a time: who sees
--- two would not know which key they answer for.
---@param question string what ssh-keygen wants to know
---@param kind string as OpenSSH's SSH_ASKPASS_PROMPT: "none" only tells something
function M.ask(question, kind)
  question = question:gsub('%c', '?')
  if kind == 'none' then
    vim.notify('vetline: ' .. question)
    return ''
  end
  if asking then
    error('another question waits for its answer')
  end
  asking = true
  local ok, answer = pcall(vim.fn.inputsecret, 'vetline: ' .. question)
  asking = false
  vim.cmd.redraw()
  if not ok or answer == '' then
    error('no answer')
  end
  return answer
end

return M
