# Second opinion on replicate weights and raking: R's package survey. Makes the rows, and the numbers expected of them.
#
#     Rscript tests/weights_expected.R
#
# Written with R 4.x and survey 4.x (versions are in the first line of the expected numbers); the numbers do not depend on a random
# number generator but for the bootstrap weights, which are part of the rows.

suppressMessages(library(survey))
options(digits = 17)
set.seed(20)

# 6 strata of 2 clusters; rows per cluster vary, so that no two methods give the same.
rows <- do.call(rbind, lapply(1:12, function(cluster) {
  n <- 9 + (cluster * 5) %% 7
  level <- rnorm(1, 0, 0.6)
  data.frame(
    stratum = paste0("s", (cluster + 1) %/% 2), cluster = paste0("c", cluster),
    sex = sample(c("female", "male"), n, TRUE), age = sample(c("16-34", "35-64", "65+"), n, TRUE),
    region = if (cluster <= 6) "north" else "south", weight = round(runif(n, 5, 15) * (1 + cluster / 10), 3),
    y = pmin(5, pmax(1, round(3 + level + rnorm(n)))), x = round(rexp(n, 1 / 20) + 5, 2)
  )
}))
rows$yes <- as.integer(rows$y >= 4)
design <- svydesign(id = ~cluster, strata = ~stratum, weights = ~weight, data = rows, nest = FALSE)
flat <- svydesign(id = ~cluster, weights = ~weight, data = rows)
add <- function(prefix, made) {
  w <- round(as.matrix(weights(made, "analysis")), 6)
  colnames(w) <- sprintf("%s_%02d", prefix, seq_len(ncol(w)))
  w
}
w <- list(
  jk1 = add("jk1", as.svrepdesign(flat, type = "JK1")),
  jkn = add("jkn", as.svrepdesign(design, type = "JKn")),
  brr = add("brr", as.svrepdesign(design, type = "BRR")),
  fay = add("fay", as.svrepdesign(design, type = "Fay", fay.rho = 0.3)),
  boot = add("boot", as.svrepdesign(design, type = "subbootstrap", replicates = 40))
)
all <- cbind(rows, do.call(cbind, unname(w)))
write.csv(all, "tests/weights_rows.csv", row.names = FALSE, quote = FALSE)

rep_design <- function(kind, mse = TRUE) {
  given <- switch(kind,
    jk1 = list(type = "JK1", scale = 11 / 12, rscales = rep(1, 12)),
    jkn = list(type = "JKn", scale = 1, rscales = rep(0.5, 12)),
    brr = list(type = "BRR"), fay = list(type = "Fay", rho = 0.3),
    boot = list(type = "bootstrap", scale = if (mse) 1 / 40 else 1 / 39, rscales = rep(1, 40))
  )
  do.call(svrepdesign, c(list(data = rows, weights = ~weight, repweights = w[[kind]], combined.weights = TRUE, mse = mse), given))
}

expected <- data.frame()
put <- function(case, group, figure, estimate) {
  expected <<- rbind(expected, data.frame(case, group, figure, value = as.numeric(coef(estimate)[1]), se = as.numeric(SE(estimate)[1])))
}
figures <- function(case, d) {
  for (group in c("all", "female")) {
    s <- if (group == "all") d else subset(d, sex == "female")
    put(case, group, "mean", svymean(~y, s))
    put(case, group, "share", svymean(~yes, s))
    put(case, group, "sum", svytotal(~x, s))
    put(case, group, "ratio", svyratio(~x, ~y, s))
    # Of two indicators: mean of x less four times the mean of y.
    put(case, group, "derived", svycontrast(svymean(~x + y, s), list(d = c(1, -4))))
  }
}
for (kind in names(w)) figures(kind, rep_design(kind))
figures("boot-mean", rep_design("boot", mse = FALSE))

margins <- list(sex = c(female = 900, male = 850), age = c("16-34" = 600, "35-64" = 750, "65+" = 400))
population <- list(data.frame(sex = names(margins$sex), Freq = margins$sex), data.frame(age = names(margins$age), Freq = margins$age))
raked <- function(d) rake(d, list(~sex, ~age), population, control = list(maxit = 500, epsilon = 1e-10, verbose = FALSE))
for (kind in c("jkn", "fay", "boot")) figures(paste0("raked-", kind), raked(rep_design(kind)))
# Without replicates in the data: clusters left out, raked again each time.
figures("raked", raked(as.svrepdesign(design, type = "JKn", mse = TRUE)))
post <- postStratify(as.svrepdesign(design, type = "JKn", mse = TRUE), ~region, data.frame(region = c("north", "south"), Freq = c(700, 1050)))
figures("post", post)
# Within regions, by shares: the weights of each region keep their sum.
inside <- postStratify(
  as.svrepdesign(design, type = "JKn", mse = TRUE), ~ region + sex,
  data.frame(
    region = c("north", "south", "north", "south"), sex = c("female", "female", "male", "male"),
    Freq = c(0.52, 0.52, 0.48, 0.48) * rep(tapply(rows$weight, rows$region, sum), 2)
  )
)
figures("within", inside)

# Published with the package: survival of cardiac arrest by ambulance service, balanced half samples (Levy & Lemeshow 1991).
data(scd)
half <- 2 * cbind(c(1, 0, 1, 0, 1, 0), c(1, 0, 0, 1, 0, 1), c(0, 1, 1, 0, 0, 1), c(0, 1, 0, 1, 1, 0))
scdrep <- suppressWarnings(svrepdesign(data = scd, type = "BRR", repweights = half, combined.weights = FALSE))
put("scd", "all", "ratio", svyratio(~alive, ~arrests, scdrep))

for (kind in names(w)) expected <- rbind(expected, data.frame(case = kind, group = "all", figure = "df", value = degf(rep_design(kind)), se = 0))
out <- file("tests/weights_expected.csv", "w")
writeLines(paste0("# ", R.version.string, ", survey ", packageVersion("survey")), out)
expected$value <- sprintf("%.15g", expected$value)
expected$se <- sprintf("%.15g", expected$se)
write.csv(expected, out, row.names = FALSE, quote = FALSE)
close(out)
